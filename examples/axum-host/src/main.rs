//! The reference server on axum.

fn main() -> std::process::ExitCode {
    let program = server::Program::new(env!("CARGO_BIN_NAME"));
    server::cli::main(program, &axum_host::Axum)
}
