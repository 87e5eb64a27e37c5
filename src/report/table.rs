//! `--format csv`: rows that a spreadsheet opens and does not run.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return gets an apostrophe before it, for spreadsheets
//! take such a cell for a formula (OWASP, "CSV Injection"). Rows end in CR LF and quote as RFC 4180 says.

use super::escape::visible;

/// Appends one row.
pub(super) fn push_row<'c>(out: &mut String, cells: impl IntoIterator<Item = &'c str>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_cell(out, cell);
    }
    out.push_str("\r\n");
}

fn push_cell(out: &mut String, cell: &str) {
    let armed = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let text = visible(cell);
    if text.contains([',', '"', ';']) || text.starts_with(' ') || text.ends_with(' ') {
        out.push('"');
        out.push_str(armed);
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(armed);
        out.push_str(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_whatever_it_holds() {
        let mut out = String::new();
        push_row(&mut out, ["=1+1", "+x", "-x", "@x", "\tx", "\rx", "a,\"b\"", "", "plain=1"]);
        assert_eq!(out, "'=1+1,'+x,'-x,'@x,\"' x\",'\\rx,\"a,\"\"b\"\"\",,plain=1\r\n");
    }
}
