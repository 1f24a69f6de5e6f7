//! `record`: a discovery record with what every record must have, on stdout, and nothing else there.
//!
//! Exit: 0 when there is one, 6 when what was given makes none.

use super::output::{Output, OutputGone};
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::mesh::announcing::RecordTemplate;
use crate::app::query::{Answer, Query};
use crate::i18n::Translator;
use crate::i18n::node::template_fault;

/// Prints the record.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(
    template: &RecordTemplate,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let answers = link.ask(Query::Record(Box::new(template.clone())));
    let Ok(Answer::RecordMade(made)) = answers.recv() else { return Ok(End::Interrupted.exit_code()) };
    match made {
        Ok(record) => {
            output.line(record.trim_end())?;
            Ok(End::Done.exit_code())
        }
        Err(fault) => {
            output.complain(&template_fault(text, &fault));
            Ok(End::Unsound.exit_code())
        }
    }
}
