//! Programs in documents: what `simplec test FILE.md` and `--docs` run.
//!
//! A program is what stands between ```` ```simple ```` and the end of that block. Where a block ```` ```output ````
//! follows, with nothing but empty lines between them, it is to print exactly that. In a Simple file its documentation
//! comments are the document.

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
        let Some(info) = lines[at].trim_start().strip_prefix("```") else {
            waits &= lines[at].trim().is_empty();
            at += 1;
            continue;
        };
        let start = at + 1;
        let end =
            lines[start..].iter().position(|line| line.trim() == "```").map_or(lines.len(), |n| start + n);
        let block = || lines[start..end].iter().map(|line| format!("{line}\n")).collect::<String>();
        match info.trim() {
            "simple" => {
                let text = "\n".repeat(start) + &block();
                found.push(DocExample { line: start as u32 + 1, text, output: None });
                waits = true;
            }
            "output" if waits => {
                if let Some(last) = found.last_mut() {
                    last.output = Some(block());
                }
                waits = false;
            }
            _ => waits = false,
        }
        at = end + 1;
    }
    found
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
        let page = "# A\n```simple\nprint 1\n```\n\n```output\n1\n```\n```text\nno\n```\n```simple\nprint 2\n```\nword\n```output\n2\n```\n";
        let expected =
            vec![(3, "print 1\n".to_owned(), Some("1\n".to_owned())), (13, "print 2\n".to_owned(), None)];
        assert_eq!(found(page, false), expected);
        assert_eq!(doc_examples(page, false)[0].text, "\n\nprint 1\n");
        assert_eq!(found("```simple\nprint 1", false), vec![(2, "print 1\n".to_owned(), None)]);
        assert_eq!(found("", false), vec![]);
    }

    #[test]
    fn comments_of_a_file_are_a_document() {
        let file = "## Doubles.\n## ```simple\n## if true:\n##     print 1\n## ```\nfn f(): 1\n# ```simple\n# no\n# ```\n";
        assert_eq!(found(file, true), vec![(3, "if true:\n    print 1\n".to_owned(), None)]);
    }
}
