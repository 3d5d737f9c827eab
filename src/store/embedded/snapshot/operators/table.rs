//! What is done with rows: grouped, sorted, cut off, each kept once.

use std::{cell::Cell, cmp::Ordering, ops::ControlFlow, rc::Rc};

use super::{
    super::{
        column::number,
        permutation::{Order, PREDICATE},
        scan::{Graphs, Pattern, Scan},
    },
    Run,
    compare::Kinds,
    expression::Expression,
    group::{Aggregate, Groups},
    keys::Keys,
    steps::{Bar, Row, Step, Take},
    terms::NONE,
};

const ON: ControlFlow<()> = ControlFlow::Continue(());

/// How many rows more than are wanted are kept before the others are let go.
const SPARE: usize = 1024;

/// How wide the rows of a place in the query are: known when all of it was read.
pub(super) type Width = Rc<Cell<usize>>;

/// Something that gives rows.
pub(super) enum Table {
    Steps {
        steps: Vec<Step>,
        width: Width,
    },
    Group {
        inner: Box<Table>,
        keys: Vec<usize>,
        aggregates: Vec<Aggregate>,
        width: Width,
    },
    Bind {
        inner: Box<Table>,
        slot: usize,
        expression: Expression,
    },
    Where {
        inner: Box<Table>,
        condition: Expression,
    },
    Sort(Sort),
    /// New rows, of some columns.
    Columns {
        inner: Box<Table>,
        columns: Vec<Option<usize>>,
    },
    Distinct {
        inner: Box<Table>,
        width: usize,
    },
    /// The different values of one place of a pattern, each looked for once.
    Firsts(Firsts),
    Slice {
        inner: Box<Table>,
        start: usize,
        length: Option<usize>,
    },
}

/// Rows that are sorted.
pub(super) struct Sort {
    pub(super) inner: Box<Table>,
    pub(super) by: Vec<By>,
    /// How many are wanted.
    pub(super) limit: Option<usize>,
    pub(super) width: Width,
    /// The last that is wanted so far, in the first column that is sorted by.
    pub(super) bar: Rc<Bar>,
}

/// What rows are sorted by.
pub(super) struct By {
    pub(super) expression: Expression,
    pub(super) descending: bool,
}

/// The different values of a place in a pattern whose terms before it are given.
pub(super) struct Firsts {
    /// The predicate where it is given, and the order in which the place comes after it.
    pub(super) given: Option<(Order, u32)>,
    pub(super) place: usize,
}

impl Firsts {
    fn each(&self, run: &Run<'_>, take: &mut Take<'_>) -> ControlFlow<()> {
        let (order, prefix) = match self.given {
            Some((order, predicate)) => (order, vec![predicate]),
            None => ([Order::Spog, Order::Psog, Order::Ospg][self.place], Vec::new()),
        };
        let permutation = run.state.base.order(order);
        let mut seek = |id: u32| {
            run.count();
            let mut terms = [None; 3];
            terms[PREDICATE] = prefix.first().copied();
            terms[self.place] = Some(id);
            let is_there =
                Scan::new(run.state, Pattern { terms, graphs: Graphs::Merge }, Some(run.stop)).next().is_some();
            if is_there { take(&mut [id]) } else { ON }
        };
        for row in run.state.added(order, &prefix) {
            seek(row[prefix.len()])?;
        }
        if prefix.is_empty() {
            for group in 0..permutation.starts.len().saturating_sub(1) {
                run.count();
                if !permutation.rows_of(group).is_empty() {
                    seek(permutation.keys.as_ref().map_or_else(|| number(group), |keys| keys.get(group)))?;
                }
            }
            return ON;
        }
        let mut span = permutation.range(&prefix);
        while !span.is_empty() {
            let id = permutation.rest[0].get(span.start);
            seek(id)?;
            span.start = permutation.rest[0].span_after(span.clone(), span.start, id).end;
        }
        ON
    }
}

impl Table {
    /// Hands over every row.
    pub(super) fn each(&self, run: &Run<'_>, take: &mut Take<'_>) -> ControlFlow<()> {
        match self {
            Self::Steps { steps, width } => run.steps(steps, &mut vec![NONE; width.get()], take),
            Self::Group { inner, keys, aggregates, width } => {
                let mut groups = Groups::new(keys, aggregates);
                if let Some(count) = groups.is_count().then(|| inner.count(run)).flatten() {
                    groups.set_count(count);
                } else {
                    inner.each(run, &mut |row| {
                        run.count();
                        groups.add(run, row);
                        if run.has_bailed() { ControlFlow::Break(()) } else { ON }
                    })?;
                }
                groups.finish(run, width.get(), take)
            }
            Self::Bind { inner, slot, expression } => inner.each(run, &mut |row| {
                row[*slot] = run.id(expression, row);
                let flow = take(row);
                row[*slot] = NONE;
                flow
            }),
            Self::Where { inner, condition } => {
                inner.each(run, &mut |row| if run.holds(condition, row) { take(row) } else { ON })
            }
            Self::Sort(sort) => sort.each(run, take),
            Self::Columns { inner, columns } => {
                let mut new = vec![NONE; columns.len()];
                inner.each(run, &mut |row| {
                    for (place, column) in new.iter_mut().zip(columns) {
                        *place = column.map_or(NONE, |column| row[column]);
                    }
                    take(&mut new)
                })
            }
            Self::Distinct { inner, width } => {
                let mut seen = Keys::new(*width);
                inner.each(run, &mut |row| {
                    run.count();
                    if seen.insert(row).1 { take(row) } else { ON }
                })
            }
            Self::Firsts(firsts) => firsts.each(run, take),
            Self::Slice { inner, start, length } => {
                let (mut skipped, mut given) = (0, 0);
                if *length == Some(0) {
                    return ON;
                }
                let mut has_enough = false;
                let flow = inner.each(run, &mut |row| {
                    if skipped < *start {
                        skipped += 1;
                        return ON;
                    }
                    given += 1;
                    take(row)?;
                    has_enough = *length == Some(given);
                    if has_enough { ControlFlow::Break(()) } else { ON }
                });
                if has_enough { ON } else { flow }
            }
        }
    }

    /// The columns of its rows that they are sorted by, up to the first that is not among them.
    #[cfg(test)]
    pub(super) fn sorted_columns(&self) -> Vec<usize> {
        match self {
            Self::Distinct { inner, .. } | Self::Slice { inner, .. } => inner.sorted_columns(),
            Self::Columns { inner, columns } => {
                let Self::Sort(sort) = &**inner else { return Vec::new() };
                let column = |by: &By| match &by.expression {
                    Expression::Variable(slot) => columns.iter().position(|column| *column == Some(*slot)),
                    _ => None,
                };
                sort.by.iter().map_while(column).collect()
            }
            _ => Vec::new(),
        }
    }

    /// How many rows there are, where that need not be counted.
    fn count(&self, run: &Run<'_>) -> Option<u64> {
        match self {
            Self::Steps { steps, width } => match steps.as_slice() {
                [Step::Quads(quads)] => quads.count(run, &vec![NONE; width.get()]),
                _ => None,
            },
            _ => None,
        }
    }

    /// Computes what can only be given away when it is whole, so that from here on rows come to the end. Tells whether
    /// they do.
    pub(super) fn is_ready(&self, run: &Run<'_>) -> bool {
        match self {
            Self::Steps { steps, .. } => run.are_ready(steps),
            Self::Group { inner, .. }
            | Self::Bind { inner, .. }
            | Self::Where { inner, .. }
            | Self::Columns { inner, .. }
            | Self::Distinct { inner, .. }
            | Self::Slice { inner, .. }
            | Self::Sort(Sort { inner, .. }) => inner.is_ready(run),
            Self::Firsts(_) => true,
        }
    }
}

impl Sort {
    fn each(&self, run: &Run<'_>, take: &mut Take<'_>) -> ControlFlow<()> {
        let width = self.width.get();
        let mut rows = Rows { width: width + self.by.len(), numbers: Vec::new() };
        let room = self.limit.map(|limit| limit.saturating_mul(2).saturating_add(SPARE));
        self.bar.set(None);
        let mut kinds: Vec<Kinds> = self.by.iter().map(|_| Kinds::default()).collect();
        let flow = self.inner.each(run, &mut |row| {
            run.count();
            rows.numbers.extend_from_slice(row);
            for (by, kinds) in self.by.iter().zip(&mut kinds) {
                let id = run.id(&by.expression, row);
                kinds.look(run, id);
                rows.numbers.push(id);
            }
            if run.has_bailed() {
                return ControlFlow::Break(());
            }
            if let (Some(limit), Some(room)) = (self.limit, room)
                && rows.len() >= room
            {
                self.cut(run, &mut rows, limit);
            }
            ON
        });
        if flow.is_break() || run.has_bailed() {
            return ControlFlow::Break(());
        }
        self.cut(run, &mut rows, self.limit.unwrap_or(usize::MAX));
        for index in 0..rows.len() {
            let mut row = rows.row(index)[..width].to_vec();
            take(&mut row)?;
        }
        ON
    }

    /// Sorts the rows, keeps so many, and raises the bar for those to come.
    fn cut(&self, run: &Run<'_>, rows: &mut Rows, limit: usize) {
        let start = rows.width - self.by.len();
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let compare = |a: &usize, b: &usize| {
            run.count();
            let keys = rows.row(*a)[start..].iter().zip(&rows.row(*b)[start..]);
            keys.zip(&self.by)
                .map(|((a, b), by)| if by.descending { run.order(*b, *a) } else { run.order(*a, *b) })
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        };
        if order.len() > limit && limit > 0 {
            order.select_nth_unstable_by(limit - 1, compare);
        }
        order.truncate(limit);
        order.sort_unstable_by(compare);
        let kept: Vec<u32> = order.iter().flat_map(|index| rows.row(*index).iter().copied()).collect();
        rows.numbers = kept;
        if rows.len() == limit && limit > 0 {
            self.bar.set(Some(rows.row(limit - 1)[start]));
        }
    }
}

/// Rows side by side.
struct Rows {
    width: usize,
    numbers: Vec<u32>,
}

impl Rows {
    fn len(&self) -> usize {
        self.numbers.len().checked_div(self.width).unwrap_or_default()
    }

    fn row(&self, index: usize) -> &Row {
        &self.numbers[index * self.width..(index + 1) * self.width]
    }
}
