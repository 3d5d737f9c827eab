//! What joins: steps, each of which goes on with every row that it finds for the row before.
//!
//! A row has a place for every variable, and holds what was bound so far. A step binds more, hands the row on, and takes
//! back what it has bound. Nothing is kept between the steps, so that the first row comes out before the second is looked
//! for, and whoever has enough says so.

use std::{
    cell::{Cell, OnceCell, RefCell},
    ops::ControlFlow,
    rc::Rc,
};

use super::{
    super::scan::{Graphs, Pattern},
    Run,
    cursor::{Cursor, Ranges},
    expression::Expression,
    keys::Keys,
    path::Path,
    table::Table,
    terms::NONE,
};

/// A row: the number of the term of each variable, or of nothing.
pub(super) type Row = [u32];

/// Whoever takes rows.
pub(super) type Take<'t> = dyn FnMut(&mut Row) -> ControlFlow<()> + 't;

const ON: ControlFlow<()> = ControlFlow::Continue(());

/// A place in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Given(u32),
    Variable(usize),
    /// Nobody asks for it.
    Any,
}

impl Slot {
    pub(super) fn id(self, row: &Row) -> Option<u32> {
        match self {
            Self::Given(id) => Some(id),
            Self::Variable(slot) => Some(row[slot]).filter(|id| *id != NONE),
            Self::Any => None,
        }
    }
}

/// One step.
pub(super) enum Step {
    Quads(Quads),
    /// The graphs that there are, whether or not they hold anything.
    Graphs(Slot),
    Path(Path),
    /// Some variables and the rows that they may have.
    Rows {
        slots: Vec<usize>,
        rows: Vec<Vec<u32>>,
    },
    /// What is computed once, and joined.
    Table(Joined),
    /// Goes on with what it finds, or else with the row as it is.
    Optional(Vec<Step>),
    /// Goes on with what each finds.
    Union(Vec<Vec<Step>>),
    Where(Expression),
    /// Goes on where nothing is found for the variables that both sides have.
    Minus {
        shared: Vec<usize>,
        steps: Vec<Step>,
    },
    Bind {
        slot: usize,
        expression: Expression,
    },
    /// Goes on with a row unless it sorts behind all that are still wanted.
    Prune {
        slot: usize,
        descending: bool,
        bar: Rc<Bar>,
    },
}

/// A pattern of a triple or a quad.
pub(super) struct Quads {
    pub(super) slots: [Slot; 4],
    pub(super) graphs: Graphs,
    /// What the object may be, where that is known beforehand.
    pub(super) objects: Option<Ranges>,
    pub(super) cursor: RefCell<Cursor>,
}

impl Quads {
    fn pattern(&self, row: &Row) -> Pattern {
        let [subject, predicate, object, graph] = self.slots.map(|slot| slot.id(row));
        Pattern { terms: [subject, predicate, object], graphs: graph.map_or(self.graphs, Graphs::One) }
    }

    /// How many quads fit a row that is bound to nothing, where that needs no looking at each.
    pub(super) fn count(&self, run: &Run<'_>, row: &Row) -> Option<u64> {
        let slots = &self.slots;
        let is_new =
            |(at, slot): (usize, &Slot)| matches!(slot, Slot::Given(_) | Slot::Any) || !slots[..at].contains(slot);
        if !slots.iter().enumerate().all(is_new) {
            return None;
        }
        self.cursor.borrow_mut().count(run.state, &self.pattern(row))
    }
}

/// A table that is joined with the rows before.
pub(super) struct Joined {
    pub(super) table: Box<Table>,
    /// For each column of the table the variable.
    pub(super) slots: Vec<usize>,
    /// The columns that both sides always have.
    pub(super) shared: Vec<usize>,
    pub(super) index: OnceCell<Index>,
}

/// The rows of a table by what they share with others.
pub(super) struct Index {
    width: usize,
    rows: Vec<u32>,
    keys: Keys,
    members: Vec<Vec<u32>>,
}

impl Joined {
    /// Computes the table.
    pub(super) fn index(&self, run: &Run<'_>) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index {
                width: self.slots.len(),
                rows: Vec::new(),
                keys: Keys::new(self.shared.len()),
                members: Vec::new(),
            };
            let mut count = 0;
            // It goes on to its end.
            let _ = self.table.each(run, &mut |row| {
                let key: Vec<u32> = self.shared.iter().map(|column| row[*column]).collect();
                let (place, is_new) = index.keys.insert(&key);
                if is_new {
                    index.members.push(Vec::new());
                }
                index.members[place].push(count);
                index.rows.extend_from_slice(&row[..index.width]);
                count += 1;
                run.count();
                ON
            });
            index
        })
    }

    fn each(&self, run: &Run<'_>, rest: &[Step], row: &mut Row, take: &mut Take<'_>) -> ControlFlow<()> {
        let index = self.index(run);
        let key: Vec<u32> = self.shared.iter().map(|column| row[self.slots[*column]]).collect();
        let Some(place) = index.keys.find(&key) else { return ON };
        for member in &index.members[place] {
            run.count();
            let start = *member as usize * index.width;
            let found = self.slots.iter().copied().zip(index.rows[start..start + index.width].iter().copied());
            bound(row, found, |row| run.steps(rest, row, take))?;
        }
        ON
    }
}

/// Goes on with some variables bound, if they are not bound to something else.
fn bound(
    row: &mut Row,
    found: impl Iterator<Item = (usize, u32)>,
    go_on: impl FnOnce(&mut Row) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut new: Vec<usize> = Vec::new();
    let mut fits = true;
    for (slot, id) in found {
        if id == NONE || row[slot] == id {
            continue;
        }
        if row[slot] != NONE {
            fits = false;
            break;
        }
        row[slot] = id;
        new.push(slot);
    }
    let flow = if fits { go_on(row) } else { ON };
    for slot in new {
        row[slot] = NONE;
    }
    flow
}

/// Where rows are cut off: the last that is still wanted.
pub(super) type Bar = Cell<Option<u32>>;

impl Run<'_> {
    /// Hands over every row that the steps make of one.
    pub(super) fn steps(&self, steps: &[Step], row: &mut Row, take: &mut Take<'_>) -> ControlFlow<()> {
        let Some((step, rest)) = steps.split_first() else { return take(row) };
        match step {
            Step::Quads(quads) => self.quads(quads, rest, row, take),
            Step::Where(condition) => {
                if self.holds(condition, row) {
                    self.steps(rest, row, take)
                } else {
                    ON
                }
            }
            Step::Prune { slot, descending, bar } => {
                if self.is_wanted(row[*slot], *descending, bar) {
                    self.steps(rest, row, take)
                } else {
                    ON
                }
            }
            Step::Optional(inside) => {
                let mut found = false;
                self.steps(inside, row, &mut |row| {
                    found = true;
                    self.steps(rest, row, take)
                })?;
                if found { ON } else { self.steps(rest, row, take) }
            }
            Step::Union(branches) => {
                for branch in branches {
                    self.steps(branch, row, &mut |row| self.steps(rest, row, take))?;
                }
                ON
            }
            Step::Bind { slot, expression } => {
                row[*slot] = self.id(expression, row);
                let flow = self.steps(rest, row, take);
                row[*slot] = NONE;
                flow
            }
            Step::Minus { shared, steps } => {
                let mut alone = vec![NONE; row.len()];
                for slot in shared {
                    alone[*slot] = row[*slot];
                }
                if self.exists(steps, &mut alone) { ON } else { self.steps(rest, row, take) }
            }
            Step::Rows { slots, rows } => {
                for found in rows {
                    self.count();
                    let found = slots.iter().copied().zip(found.iter().copied());
                    bound(row, found, |row| self.steps(rest, row, take))?;
                }
                ON
            }
            Step::Path(path) => path.each(self, row, &mut |row| self.steps(rest, row, take)),
            Step::Table(joined) => joined.each(self, rest, row, take),
            Step::Graphs(slot) => self.graphs(*slot, rest, row, take),
        }
    }

    /// Computes the tables that steps join with. Tells whether that could be done here.
    pub(super) fn are_ready(&self, steps: &[Step]) -> bool {
        let is_ready = |step: &Step| match step {
            Step::Table(joined) => {
                joined.table.is_ready(self) && {
                    joined.index(self);
                    !self.has_bailed()
                }
            }
            Step::Optional(steps) => self.are_ready(steps),
            Step::Union(branches) => branches.iter().all(|steps| self.are_ready(steps)),
            _ => true,
        };
        steps.iter().all(is_ready)
    }

    /// Whether the steps find anything for a row.
    pub(super) fn exists(&self, steps: &[Step], row: &mut Row) -> bool {
        self.steps(steps, row, &mut |_| ControlFlow::Break(())).is_break()
    }

    fn quads(&self, quads: &Quads, rest: &[Step], row: &mut Row, take: &mut Take<'_>) -> ControlFlow<()> {
        let pattern = quads.pattern(row);
        let slots = &quads.slots;
        // The variables that it binds, and those that stand in it once more.
        let (mut new, mut again) = ([None; 4], [None; 4]);
        for place in 0..4 {
            if let Slot::Variable(slot) = slots[place]
                && row[slot] == NONE
            {
                match (0..place).find(|other| new[*other] == Some(slot)) {
                    Some(other) => again[place] = Some(other),
                    None => new[place] = Some(slot),
                }
            }
        }
        let has_again = again.iter().any(Option::is_some);
        let objects = quads.objects.as_ref();
        let mut cursor = quads.cursor.borrow_mut();
        let flow = cursor.each((self.state, self.stop), &pattern, objects, &mut |quad| {
            if has_again && (0..4).any(|place| again[place].is_some_and(|other| quad[place] != quad[other])) {
                return ON;
            }
            for place in 0..4 {
                if let Some(slot) = new[place] {
                    row[slot] = quad[place];
                }
            }
            self.steps(rest, row, take)
        });
        for slot in new.into_iter().flatten() {
            row[slot] = NONE;
        }
        flow
    }

    fn graphs(&self, slot: Slot, rest: &[Step], row: &mut Row, take: &mut Take<'_>) -> ControlFlow<()> {
        if let Some(graph) = slot.id(row) {
            return if self.state.has_graph(graph) { self.steps(rest, row, take) } else { ON };
        }
        for graph in self.state.graphs() {
            self.count();
            let found = match slot {
                Slot::Variable(slot) => Some((slot, graph)),
                _ => None,
            };
            bound(row, found.into_iter(), |row| self.steps(rest, row, take))?;
        }
        ON
    }
}
