//! The reference service on warp; see the library.

fn main() -> std::process::ExitCode {
    let program = server::Program::new(env!("CARGO_BIN_NAME"));
    server::cli::main(program, &warp_host::Warp)
}
