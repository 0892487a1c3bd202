//! The reference server on warp.

fn main() -> std::process::ExitCode {
    let program = server::Program::new(env!("CARGO_BIN_NAME"));
    server::cli::main(program, &warp_host::Warp)
}
