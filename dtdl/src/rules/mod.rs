//! The rules between elements: what only the whole model can show to be wrong.
//!
//! Runs when every element is by itself right and every reference is linked. Begin with [`check`], which also says what
//! each Interface inherits.

mod cotypes;
mod exclusion;
mod inheritance;
mod members;
mod nesting;
mod paths;
mod preview;
mod siblings;

pub(crate) use cotypes::primitive_of;
pub(crate) use inheritance::Inheritance;

use crate::diagnostic::Faults;
use crate::graph::Graph;

/// What each Interface inherits in a model that is wrong, where rules have nothing to add.
pub(crate) fn inheritance(graph: &Graph) -> Inheritance {
    Inheritance::of(graph, &mut Faults::default())
}

/// Checks all rules; what each Interface inherits is part of the answer.
pub(crate) fn check(graph: &Graph, faults: &mut Faults) -> Inheritance {
    cotypes::check_expectations(graph, faults);
    let inheritance = Inheritance::of(graph, faults);
    members::check(graph, faults);
    preview::check(graph, faults);
    nesting::check(graph, &inheritance, faults);
    exclusion::check(graph, &inheritance, faults);
    cotypes::check(graph, &inheritance, faults);
    siblings::check(graph, &inheritance, faults);
    inheritance
}
