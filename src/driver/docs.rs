//! Programs in documents: what `simplec test FILE.md` and `--docs` run.
//!
//! A program is a block tagged `simple` or `spl`, in letters of either case. The first block tagged `output` behind it, with
//! at most prose and other blocks between them, holds exactly what it prints; a heading or another program ends that. Fences
//! are CommonMark's. In a Simple file its documentation comments are the document.

/// A program in a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocExample {
    /// The line that it begins in, from 1.
    pub line: u32,
    /// Its text, behind as many empty lines as the document has lines in front of it: then messages name its own.
    pub text: String,
    /// What it is to print, if that is said.
    pub output: Option<String>,
}

/// The programs of a document, in order.
pub fn doc_examples(document: &str, is_simple: bool) -> Vec<DocExample> {
    let lines: Vec<&str> =
        document.lines().map(|line| if is_simple { comment(line) } else { line }).collect();
    let mut found: Vec<DocExample> = Vec::new();
    // Whether an output at this place would be that of the last program.
    let mut waits = false;
    let mut at = 0;
    while at < lines.len() {
        let Some(fence) = Fence::opened_by(lines[at]) else {
            waits &= !lines[at].starts_with('#');
            at += 1;
            continue;
        };
        let start = at + 1;
        let end = lines[start..].iter().position(|line| fence.is_closed_by(line));
        let end = end.map_or(lines.len(), |n| start + n);
        let block = || lines[start..end].iter().map(|line| fence.content(line) + "\n").collect::<String>();
        let has_tag = |tags: &[&str]| tags.iter().any(|tag| fence.tag.eq_ignore_ascii_case(tag));
        if has_tag(&["simple", "spl"]) {
            let text = "\n".repeat(start) + &block();
            found.push(DocExample { line: start as u32 + 1, text, output: None });
            waits = true;
        } else if let (true, true, Some(last)) = (waits, has_tag(&["output"]), found.last_mut()) {
            last.output = Some(block());
            waits = false;
        }
        at = end + 1;
    }
    found
}

/// What opens a block of code.
struct Fence<'a> {
    indentation: usize,
    /// Of backquotes or tildes.
    mark: char,
    length: usize,
    /// The first word behind it.
    tag: &'a str,
}

impl<'a> Fence<'a> {
    fn opened_by(line: &'a str) -> Option<Fence<'a>> {
        let rest = line.trim_start();
        let mark = rest.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = rest.trim_start_matches(mark);
        let length = rest.len() - info.len();
        let is_inline = mark == '`' && info.contains('`');
        let tag = info.split(|c: char| c.is_whitespace() || c == ',').find(|word| !word.is_empty());
        let indentation = line.len() - rest.len();
        (length >= 3 && !is_inline).then_some(Fence {
            indentation,
            mark,
            length,
            tag: tag.unwrap_or_default(),
        })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.length && line.chars().all(|c| c == self.mark)
    }

    /// A line of the block without the indentation of the block.
    fn content(&self, line: &str) -> String {
        let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
        line[blank.min(self.indentation)..].to_owned()
    }
}

/// What a line of a Simple file says as documentation.
fn comment(line: &str) -> &str {
    let line = line.trim_start();
    let said = line.strip_prefix("##").or_else(|| line.strip_prefix("///")).unwrap_or_default();
    said.strip_prefix(' ').unwrap_or(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(document: &str, is_simple: bool) -> Vec<(u32, String, Option<String>)> {
        let examples = doc_examples(document, is_simple).into_iter();
        examples.map(|e| (e.line, e.text.trim_start_matches('\n').to_owned(), e.output)).collect()
    }

    #[test]
    fn blocks_of_markdown_with_and_without_output() {
        let page = "# A\n```simple\nprint 1\n```\n\n```output\n1\n```\n```text\nno\n```\n```simple\nprint 2\n```\n# B\n```output\n2\n```\n";
        let expected =
            vec![(3, "print 1\n".to_owned(), Some("1\n".to_owned())), (13, "print 2\n".to_owned(), None)];
        assert_eq!(found(page, false), expected);
        assert_eq!(doc_examples(page, false)[0].text, "\n\nprint 1\n");
        assert_eq!(found("```simple\nprint 1", false), vec![(2, "print 1\n".to_owned(), None)]);
        assert_eq!(found("", false), vec![]);
    }

    #[test]
    fn an_output_is_that_of_the_program_above_it() {
        let output = |page: &str| {
            let outputs = doc_examples(page, false).into_iter().map(|example| example.output);
            outputs.collect::<Vec<_>>()
        };
        let some = |text: &str| Some(text.to_owned());
        let page =
            "```simple\nprint 1\n```\nIt prints\n\n```sh\nls\n```\n```output\n1\n```\n```output\n2\n```\n";
        assert_eq!(output(page), [some("1\n")]);
        let page = "```output\n0\n```\n```simple\na\n```\n```simple\nb\n```\n```output\n1\n```\n";
        assert_eq!(output(page), [None, some("1\n")]);
    }

    #[test]
    fn tags_and_fences_are_those_of_commonmark() {
        for open in ["```spl", "``` Simple", "```SIMPLE title=a", "~~~ simple", "````simple", "```Spl,b"] {
            let close: String = open.chars().take_while(|c| matches!(c, '`' | '~')).collect();
            let page = format!("{open}\nprint 1\n{close}\n");
            assert_eq!(found(&page, false), [(2, "print 1\n".to_owned(), None)], "{open}");
        }
        for open in ["```", "```simple`", "``simple", "```simply", "```python simple"] {
            assert_eq!(found(&format!("{open}\nprint 1\n```\n"), false), [], "{open}");
        }
        let nested = "````simple\n## ```\nprint 1\n````\n~~~output\n```\n~~~\n";
        assert_eq!(found(nested, false), [(2, "## ```\nprint 1\n".to_owned(), Some("```\n".to_owned()))]);
        let item = "- a\n\n  ```simple\n  if true:\n      print 1\n\n  ```\n";
        assert_eq!(found(item, false), [(4, "if true:\n    print 1\n\n".to_owned(), None)]);
    }

    #[test]
    fn comments_of_a_file_are_a_document() {
        let file = "## Doubles.\n## ```simple\n## if true:\n##     print 1\n## ```\nfn f(): 1\n# ```simple\n# no\n# ```\n";
        assert_eq!(found(file, true), vec![(3, "if true:\n    print 1\n".to_owned(), None)]);
    }
}
