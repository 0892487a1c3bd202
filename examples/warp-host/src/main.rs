//! The reference service on warp; see the library.

fn main() -> std::process::ExitCode {
    axum_host::cli::main(&warp_host::Warp)
}
