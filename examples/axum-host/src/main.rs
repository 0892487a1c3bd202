//! The reference service on axum; see the library.

fn main() -> std::process::ExitCode {
    axum_host::cli::main(&axum_host::web::Axum)
}
