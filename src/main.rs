//! The binary: everything is in the library's `cli`.

/// Events are made on worker threads and freed on the sink's, which glibc's
/// allocator serves with locks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    probe::cli::main()
}
