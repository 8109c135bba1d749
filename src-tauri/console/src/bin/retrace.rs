//! `retrace`: the console on the command line.

fn main() -> std::process::ExitCode {
    console::command_line::main()
}
