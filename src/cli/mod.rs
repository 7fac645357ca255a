//! Arguments, commands, printing; nothing else touches the terminal.
