//! Edges, from both of their ends.

/// One statement between two things, as it is gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub source: u32,
    pub target: u32,
    pub predicate: u32,
    pub graph: u32,
    pub count: u16,
    pub confidence: u8,
    pub state: State,
}

impl Statement {
    /// What it is, whatever is known of it besides.
    pub(super) const fn key(&self) -> (u32, u32, u32, u32) {
        (self.source, self.predicate, self.target, self.graph)
    }

    /// Joins the same statement of the same graph, said once more: the mentions add up, the surest counts.
    pub(super) fn join_same(again: &mut Self, first: &mut Self) -> bool {
        let same = again.key() == first.key();
        if same {
            first.count = first.count.saturating_add(again.count);
            first.confidence = first.confidence.max(again.confidence);
            first.state = first.state.max(again.state);
        }
        same
    }
}

/// What people have said of a link, the weightiest last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It is not a link that is reviewed.
    #[default]
    None,
    /// Nobody has decided on it.
    Proposed,
    /// Somebody contests it.
    Contested,
    /// Somebody put it in the place of another.
    Corrected,
    /// Somebody accepted it.
    Accepted,
}

impl State {
    /// Its term in `vocab/review-state`, if it is reviewed at all.
    #[must_use]
    pub const fn term(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Proposed => Some("proposed"),
            Self::Contested => Some("contested"),
            Self::Corrected => Some("corrected"),
            Self::Accepted => Some("accepted"),
        }
    }

    /// The state of a term.
    pub(super) fn of(term: &str) -> Self {
        [Self::Proposed, Self::Contested, Self::Corrected, Self::Accepted]
            .into_iter()
            .find(|state| state.term() == Some(term))
            .unwrap_or_default()
    }
}

/// An edge as one of its ends sees it: 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The number of the predicate.
    pub predicate: u32,
    /// The number of the thing at the other end.
    pub other: u32,
    /// The number of the graph that states it.
    pub graph: u32,
    /// How many mentions it stands for; 0 for a statement that is no mention.
    pub count: u16,
    confidence: u8,
    /// What people have said of it.
    pub state: State,
}

/// What a confidence of 1 is kept as; one more means that there is none.
const SURE: u8 = 254;

impl Edge {
    /// How sure the link is, where that is told, to a hundredth.
    #[must_use]
    pub fn confidence(&self) -> Option<f64> {
        let hundredths = (f64::from(self.confidence.saturating_sub(1)) / f64::from(SURE) * 100.0).round();
        (self.confidence > 0).then_some(hundredths / 100.0)
    }

    const fn order(&self) -> (u32, u32, u32) {
        (self.predicate, self.other, self.graph)
    }
}

/// A confidence as an edge keeps it.
pub(super) fn kept_confidence(confidence: f64) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 254")]
    let scaled = (confidence.clamp(0.0, 1.0) * f64::from(SURE)).round() as u8;
    scaled + 1
}

/// The edges of all things at one of their ends, each thing's by predicate, other end and graph.
#[derive(Debug, Default)]
pub(super) struct Edges {
    /// Where the edges of each thing begin; one more at the end.
    starts: Vec<u32>,
    edges: Vec<Edge>,
}

impl Edges {
    /// Takes statements that are in order of the end meant by `end`.
    fn of(statements: &[Statement], things: usize, end: impl Fn(&Statement) -> (u32, u32)) -> Self {
        let mut starts = Vec::with_capacity(things + 1);
        let mut edges = Vec::with_capacity(statements.len());
        for statement in statements {
            let (this, other) = end(statement);
            while starts.len() <= this as usize {
                starts.push(u32::try_from(edges.len()).unwrap_or(u32::MAX));
            }
            edges.push(edge(statement, other));
        }
        starts.resize(things + 1, u32::try_from(edges.len()).unwrap_or(u32::MAX));
        Self { starts, edges }
    }

    /// Both ends of some statements, of which the same ones are joined.
    pub(super) fn both(mut statements: Vec<Statement>, things: usize) -> (Self, Self) {
        statements.sort_unstable_by_key(Statement::key);
        statements.dedup_by(Statement::join_same);
        let out = Self::of(&statements, things, |s| (s.source, s.target));
        statements.sort_unstable_by_key(|s| (s.target, s.predicate, s.source, s.graph));
        (out, Self::of(&statements, things, |s| (s.target, s.source)))
    }

    /// The edges of one thing.
    pub(super) fn of_thing(&self, thing: u32) -> &[Edge] {
        let at = thing as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => &self.edges[start as usize..end as usize],
            _ => &[],
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.edges.len()
    }

    /// How many bytes they take.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.starts.as_slice()) + size_of_val(self.edges.as_slice())
    }
}

/// A statement as one of its ends sees it.
pub(super) const fn edge(statement: &Statement, other: u32) -> Edge {
    let Statement { predicate, graph, count, confidence, state, .. } = *statement;
    Edge { predicate, other, graph, count, confidence, state }
}

/// An edge of a thing as a statement again.
pub(super) const fn statement(source: u32, edge: &Edge) -> Statement {
    let Edge { predicate, other, graph, count, confidence, state } = *edge;
    Statement { source, target: other, predicate, graph, count, confidence, state }
}

/// Puts edges in their order.
pub(super) fn sort(edges: &mut [Edge]) {
    edges.sort_unstable_by_key(Edge::order);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_takes_sixteen_bytes() {
        assert_eq!(size_of::<Edge>(), 16);
    }

    #[test]
    fn a_confidence_is_kept_to_a_hundredth() {
        for hundredths in 0..=100u8 {
            let confidence = f64::from(hundredths) / 100.0;
            let kept = kept_confidence(confidence);
            let edge = Edge { predicate: 0, other: 0, graph: 0, count: 0, confidence: kept, state: State::None };
            assert_eq!(edge.confidence(), Some(confidence));
        }
    }
}
