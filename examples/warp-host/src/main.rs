//! The reference service on warp; see the library.

fn main() -> std::process::ExitCode {
    let program = axum_host::Program::new(env!("CARGO_BIN_NAME"));
    axum_host::cli::main(program, &warp_host::Warp)
}
