//! Reading the files of an import, and saying what is wrong with them.
//!
//! Decides how placeholders are told: the tutorial's file has the company's name as one in two ids, and "invalid id" would
//! not help anybody. Begin with [`read`].

use crate::error::ModelProblem;
use crate::models::Library;
use crate::state::Model;
use crate::template::pointer;

/// Most files of an import.
pub(crate) const FILE_LIMIT: usize = 500;
/// Most problems that get a JSON pointer; each is a walk through its file.
const POINTER_LIMIT: usize = 100;

/// The company's name as the tutorial's file and as the stored sample have it.
const PLACEHOLDERS: [&str; 2] = ["{YOUR_COMPANY_NAME_HERE}", "<YOUR_COMPANY_NAME_HERE>"];
/// Fits into an id, and is as long, so that places stay where they are.
const STAND_IN: &str = "xYOUR_COMPANY_NAME_HEREx";

/// Reads the files of one model: that with the id `root`, or the one that no other refers to. What they refer to may also
/// be in the library.
pub(crate) fn read(
    library: &Library<'_>,
    files: &[(&str, &str)],
    root: Option<&str>,
) -> Result<Model, Vec<ModelProblem>> {
    library.read_files(files, root).map_err(|mut problems| {
        let left: Vec<_> = files.iter().filter_map(|(name, text)| placeholder(name, text)).collect();
        if !left.is_empty() {
            let masked: Vec<_> = files.iter().map(|(name, text)| (*name, masked(text))).collect();
            let texts: Vec<_> = masked.iter().map(|(name, text)| (*name, &**text)).collect();
            // what else is wrong, besides what follows from the placeholder
            problems = library.read_files(&texts, root).err().unwrap_or_default();
            problems.splice(0..0, left);
        }
        for problem in problems.iter_mut().take(POINTER_LIMIT) {
            let file = files.iter().find(|(name, _)| *name == problem.file);
            problem.pointer = file.map(|(_, text)| pointer::at(text, problem.line, problem.column));
        }
        problems
    })
}

fn masked(text: &str) -> String {
    PLACEHOLDERS.iter().fold(text.to_owned(), |text, placeholder| text.replace(placeholder, STAND_IN))
}

/// One problem for all places of a file in which the placeholder stands.
fn placeholder(name: &str, text: &str) -> Option<ModelProblem> {
    let find = |line: &str| {
        PLACEHOLDERS.iter().find_map(|placeholder| line.find(placeholder).map(|at| (*placeholder, at)))
    };
    let mut found =
        text.lines().enumerate().filter_map(|(number, line)| Some((number + 1, line, find(line)?)));
    let (line, content, (placeholder, at)) = found.next()?;
    let column = content[..at].chars().count() + 1;
    let others: Vec<String> = found.map(|(number, ..)| number.to_string()).collect();
    let also = match &*others {
        [] => String::new(),
        [one] => format!(", also in line {one}"),
        several => format!(", also in lines {}", several.join(", ")),
    };
    let message = format!(
        "replace the placeholder {placeholder} with your company's name (letters, digits and _){also}"
    );
    Some(ModelProblem::new("placeholder", message, name, (line, column)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENSOR: &str = include_str!("../../../models/environmental_sensor.json");

    fn read_one(text: &str) -> Result<Model, Vec<ModelProblem>> {
        read(&Library::default(), &[("capabilitymodel.json", text)], None)
    }

    #[test]
    fn a_placeholder_is_one_error_with_its_line_and_says_what_to_do() {
        for placeholder in PLACEHOLDERS {
            let text = SENSOR.replace("urn:device_model:", &format!("urn:{placeholder}:"));
            let problems = read_one(&text).unwrap_err();
            assert_eq!(problems.len(), 1, "{problems:?}");
            let problem = &problems[0];
            assert_eq!((&*problem.code, problem.line, problem.column), ("placeholder", 3, 15));
            assert_eq!(problem.pointer.as_deref(), Some("/@id"));
            assert!(problem.message.starts_with("replace the placeholder"), "{problem:?}");
            assert!(problem.message.ends_with("also in line 81"), "{problem:?}");
        }
    }

    #[test]
    fn what_else_is_wrong_is_told_beside_the_placeholder() {
        let text = SENSOR.replace("urn:device_model:", "urn:{YOUR_COMPANY_NAME_HERE}:");
        let text = text.replacen("\"schema\": \"long\"", "\"schema\": \"lnog\"", 1);
        let problems = read_one(&text).unwrap_err();
        let codes: Vec<_> = problems.iter().map(|problem| (&*problem.code, problem.line)).collect();
        assert_eq!((codes[0].0, codes.len()), ("placeholder", 2), "{problems:?}");
        assert_eq!(problems[1].pointer.as_deref(), Some("/implements/0/schema/contents/6/schema"));
    }

    #[test]
    fn a_placeholder_in_a_text_for_people_is_a_text() {
        assert!(read_one(&SENSOR.replace("A small room", "{YOUR_COMPANY_NAME_HERE}'s room")).is_ok());
    }

    #[test]
    fn files_that_refer_to_each_other_are_one_model_in_any_order() {
        let controller = include_str!("../../../models/dtmi/com/example/temperaturecontroller-1.json");
        let thermostat = include_str!("../../../models/dtmi/com/example/thermostat-1.json");
        let information =
            include_str!("../../../models/dtmi/azure/devicemanagement/deviceinformation-1.json");
        let files = [("t.json", thermostat), ("c.json", controller), ("i.json", information)];
        let model = read(&Library::default(), &files, None).unwrap();
        assert_eq!(model.view.id, "dtmi:com:example:TemperatureController;1");
        assert_eq!((&*model.text, model.others.len()), (controller, 2));
        let other = read(&Library::default(), &files, Some("dtmi:com:example:Thermostat;1")).unwrap();
        assert_eq!(other.view.id, "dtmi:com:example:Thermostat;1");
        let problems = read(&Library::default(), &files[..2], None).unwrap_err();
        assert_eq!((&*problems[0].file, problems[0].line), ("c.json", 55));
    }
}
