//! What stands out in a piece of the graph: centralities and communities, of the part that is shown.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::communities::{Lists, communities};
use crate::ask::piece::Piece;

/// A measure of the things of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// With how many of the things shown each is joined.
    Degree,
    /// How many shortest ways between others lead through each (Brandes 2001, "A faster algorithm for betweenness
    /// centrality"), as a share of all pairs.
    Betweenness,
    /// How likely a walk at random is to be at each (Page and others 1998; damping 0.85), edges taken both ways and
    /// weighed by their counts.
    PageRank,
    /// Which belong together, so that far more edges are within than chance would have.
    Communities,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 4] = [Self::Degree, Self::Betweenness, Self::PageRank, Self::Communities];

    /// Its name in URLs and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Degree => "degree",
            Self::Betweenness => "betweenness",
            Self::PageRank => "pagerank",
            Self::Communities => "communities",
        }
    }
}

/// A piece as lists of neighbours with weights.
struct Network(Lists);

/// Adds measures to the nodes of a piece.
pub fn measure(piece: &mut Piece, wanted: &[Measure]) {
    let lists = Network::of(piece);
    for measure in wanted {
        let values = match measure {
            Measure::Degree => lists.degree(),
            Measure::Betweenness => lists.betweenness(),
            Measure::PageRank => lists.page_rank(),
            Measure::Communities => {
                for (node, community) in piece.nodes.iter_mut().zip(communities(&lists.0)) {
                    node.community = Some(community);
                }
                continue;
            }
        };
        for (node, value) in piece.nodes.iter_mut().zip(values) {
            node.measures.insert(measure.name(), (value * 1e6).round() / 1e6);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a piece has some thousand things at most")]
impl Network {
    fn of(piece: &Piece) -> Self {
        let index: HashMap<&str, usize> = piece.nodes.iter().enumerate().map(|(at, node)| (&*node.id, at)).collect();
        let mut lists = vec![BTreeMap::new(); piece.nodes.len()];
        for edge in &piece.edges {
            let (Some(&one), Some(&other)) = (index.get(&*edge.source), index.get(&*edge.target)) else { continue };
            let weight = edge.count.unwrap_or(1).max(1) as f64;
            *lists[one].entry(other).or_insert(0.0) += weight;
            *lists[other].entry(one).or_insert(0.0) += weight;
        }
        Self(lists)
    }

    fn degree(&self) -> Vec<f64> {
        self.0.iter().map(|list| list.len() as f64).collect()
    }

    fn betweenness(&self) -> Vec<f64> {
        let size = self.0.len();
        let mut through = vec![0.0; size];
        for start in 0..size {
            let (mut order, mut open) = (Vec::new(), VecDeque::from([start]));
            let (mut ways, mut steps) = (vec![0.0; size], vec![usize::MAX; size]);
            (ways[start], steps[start]) = (1.0, 0);
            while let Some(at) = open.pop_front() {
                order.push(at);
                for &next in self.0[at].keys() {
                    if steps[next] == usize::MAX {
                        steps[next] = steps[at] + 1;
                        open.push_back(next);
                    }
                    if steps[next] == steps[at] + 1 {
                        ways[next] += ways[at];
                    }
                }
            }
            let mut share = vec![0.0; size];
            for &at in order.iter().rev() {
                for &next in self.0[at].keys() {
                    if steps[next] == steps[at] + 1 {
                        share[at] += ways[at] / ways[next] * (1.0 + share[next]);
                    }
                }
                if at != start {
                    through[at] += share[at];
                }
            }
        }
        let pairs = (size.saturating_sub(1) * size.saturating_sub(2)) as f64;
        through.into_iter().map(|count| if pairs > 0.0 { count / pairs } else { 0.0 }).collect()
    }

    fn page_rank(&self) -> Vec<f64> {
        const DAMPING: f64 = 0.85;
        let size = self.0.len().max(1) as f64;
        let sums: Vec<f64> = self.0.iter().map(|list| list.values().sum()).collect();
        let mut rank = vec![1.0 / size; self.0.len()];
        for _ in 0..100 {
            let lost: f64 = rank.iter().zip(&sums).filter(|(_, sum)| **sum <= 0.0).map(|(rank, _)| rank).sum();
            let mut next = vec![(1.0 - DAMPING + DAMPING * lost) / size; self.0.len()];
            for (at, list) in self.0.iter().enumerate() {
                for (&other, weight) in list {
                    next[other] += DAMPING * rank[at] * weight / sums[at];
                }
            }
            let moved: f64 = next.iter().zip(&rank).map(|(new, old)| (new - old).abs()).sum();
            rank = next;
            if moved < 1e-9 {
                break;
            }
        }
        rank
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::{Edge, Node};

    fn piece(pairs: &[(&str, &str)]) -> Piece {
        let ids: std::collections::BTreeSet<&str> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
        let node = |id: &&str| Node { id: (*id).to_owned(), ..Node::default() };
        let edge = |(a, b): &(&str, &str)| Edge::new((*a).to_owned(), (*b).to_owned(), "p".to_owned(), String::new());
        Piece { nodes: ids.iter().map(node).collect(), edges: pairs.iter().map(edge).collect(), ..Piece::default() }
    }

    #[test]
    fn the_middle_of_a_star_is_in_the_middle() {
        let mut star = piece(&[("m", "a"), ("m", "b"), ("m", "c")]);
        measure(&mut star, &Measure::ALL);
        let of = |id: &str, name: &str| star.nodes.iter().find(|node| node.id == id).map(|node| node.measures[name]);
        assert_eq!((of("m", "degree"), of("m", "betweenness")), (Some(3.0), Some(1.0)));
        assert_eq!((of("a", "degree"), of("a", "betweenness")), (Some(1.0), Some(0.0)));
        assert!(of("m", "pagerank") > of("a", "pagerank"));
    }

    #[test]
    fn two_triangles_joined_by_one_edge_are_two_communities() {
        let mut two = piece(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "x"), ("x", "y"), ("y", "z"), ("z", "x")]);
        measure(&mut two, &[Measure::Communities]);
        let of: Vec<Option<u32>> = two.nodes.iter().map(|node| node.community).collect();
        assert_eq!(of[0..3].iter().collect::<std::collections::BTreeSet<_>>().len(), 1);
        assert_eq!(of[3..6].iter().collect::<std::collections::BTreeSet<_>>().len(), 1);
        assert_ne!(of[0], of[5]);
    }
}
