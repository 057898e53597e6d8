use crate::support::Site;
use crate::terminal::Terminal;

const WRONG: &str = "[pipeline:main]\npipeline = x\n";
const ESCAPE: char = '\u{1b}';

#[test]
fn colours_are_for_terminals_and_for_who_wants_them() {
    let site = Site::new(WRONG);
    let program = env!("CARGO_BIN_EXE_impasto");
    for command in
        ["check", "check --fix", "explain api-paste.ini main", "graph api-paste.ini none"]
    {
        let plain = site.run(&command.split(' ').collect::<Vec<_>>());
        assert!(!plain.out.contains(ESCAPE) && !plain.err.contains(ESCAPE), "{command}");
    }
    let mut terminal = Terminal::bash(&site);
    // Not of readline.
    terminal.types("bind 'set enable-bracketed-paste off'; export TERM=xterm; echo rea''dy\n");
    terminal.shows("ready");
    for (environment, coloured) in [("NO_COLOR=", true), ("NO_COLOR=1", false)] {
        terminal.types(&format!("{environment} '{program}' check; echo en''d\n"));
        let shown = terminal.shows("end");
        assert!(shown.contains("error"), "{shown:?}");
        assert_eq!(shown.contains(ESCAPE), coloured, "{environment}: {shown:?}");
        terminal.types(&format!("IMPASTO_LOG=trace {environment} '{program}' bake; echo en''d\n"));
        let shown = terminal.shows("end");
        assert_eq!(shown.contains(ESCAPE), coloured, "{environment}: {shown:?}");
    }
    terminal.types("exit\n");
}
