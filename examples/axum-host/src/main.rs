//! The reference service; see the library.

fn main() -> std::process::ExitCode {
    axum_host::cli::main()
}
