//! The quads that a solution makes of the templates of an update (SPARQL 1.1 Update, section 3.1.3).
//!
//! A template with a variable that has no value, or with a value where the term is not allowed, makes nothing.

use std::collections::HashMap;

use oxigraph::{
    model::{BlankNode, GraphName, NamedNode, NamedOrBlankNode, Quad, Term, Triple, Variable},
    sparql::QuerySolution,
};
use spargebra::term::{
    GraphName as GivenGraph, GraphNamePattern, GroundQuad, GroundQuadPattern, GroundTermPattern, GroundTriplePattern,
    NamedNodePattern, Quad as GivenQuad, QuadPattern, TermPattern, TriplePattern,
};

/// The blank nodes of one solution, by their names in the templates.
type Nodes = HashMap<BlankNode, BlankNode>;

/// A quad of `INSERT DATA`.
pub(super) fn given(quad: GivenQuad) -> Quad {
    Quad::new(quad.subject, quad.predicate, quad.object, given_graph(quad.graph_name))
}

/// A quad of `DELETE DATA`.
pub(super) fn given_ground(quad: GroundQuad) -> Quad {
    Quad::new(quad.subject, quad.predicate, Term::from(quad.object), given_graph(quad.graph_name))
}

fn given_graph(graph: GivenGraph) -> GraphName {
    match graph {
        GivenGraph::NamedNode(graph) => graph.into(),
        GivenGraph::DefaultGraph => GraphName::DefaultGraph,
    }
}

/// The quad to be inserted, with blank nodes that are new for each solution.
pub(super) fn insert(template: &QuadPattern, solution: &QuerySolution, nodes: &mut Nodes) -> Option<Quad> {
    Some(Quad {
        subject: node(term(&template.subject, solution, nodes)?)?,
        predicate: named(&template.predicate, solution)?,
        object: term(&template.object, solution, nodes)?,
        graph_name: graph(&template.graph_name, solution)?,
    })
}

/// The quad to be deleted.
pub(super) fn delete(template: &GroundQuadPattern, solution: &QuerySolution) -> Option<Quad> {
    Some(Quad {
        subject: node(ground(&template.subject, solution)?)?,
        predicate: named(&template.predicate, solution)?,
        object: ground(&template.object, solution)?,
        graph_name: graph(&template.graph_name, solution)?,
    })
}

fn term(pattern: &TermPattern, solution: &QuerySolution, nodes: &mut Nodes) -> Option<Term> {
    Some(match pattern {
        TermPattern::NamedNode(iri) => iri.clone().into(),
        TermPattern::Literal(literal) => literal.clone().into(),
        TermPattern::BlankNode(name) => nodes.entry(name.clone()).or_default().clone().into(),
        TermPattern::Variable(variable) => solution.get(variable)?.clone(),
        TermPattern::Triple(triple) => {
            let TriplePattern { subject, predicate, object } = &**triple;
            let (subject, object) = (term(subject, solution, nodes)?, term(object, solution, nodes)?);
            Triple::new(node(subject)?, named(predicate, solution)?, object).into()
        }
    })
}

fn ground(pattern: &GroundTermPattern, solution: &QuerySolution) -> Option<Term> {
    Some(match pattern {
        GroundTermPattern::NamedNode(iri) => iri.clone().into(),
        GroundTermPattern::Literal(literal) => literal.clone().into(),
        GroundTermPattern::Variable(variable) => solution.get(variable)?.clone(),
        GroundTermPattern::Triple(triple) => {
            let GroundTriplePattern { subject, predicate, object } = &**triple;
            Triple::new(node(ground(subject, solution)?)?, named(predicate, solution)?, ground(object, solution)?)
                .into()
        }
    })
}

fn node(term: Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(iri) => Some(iri.into()),
        Term::BlankNode(node) => Some(node.into()),
        Term::Literal(_) | Term::Triple(_) => None,
    }
}

fn named(pattern: &NamedNodePattern, solution: &QuerySolution) -> Option<NamedNode> {
    match pattern {
        NamedNodePattern::NamedNode(iri) => Some(iri.clone()),
        NamedNodePattern::Variable(variable) => value_iri(variable, solution),
    }
}

fn graph(pattern: &GraphNamePattern, solution: &QuerySolution) -> Option<GraphName> {
    match pattern {
        GraphNamePattern::NamedNode(iri) => Some(iri.clone().into()),
        GraphNamePattern::DefaultGraph => Some(GraphName::DefaultGraph),
        GraphNamePattern::Variable(variable) => value_iri(variable, solution).map(GraphName::from),
    }
}

fn value_iri(variable: &Variable, solution: &QuerySolution) -> Option<NamedNode> {
    match solution.get(variable)? {
        Term::NamedNode(iri) => Some(iri.clone()),
        _ => None,
    }
}

/// The variables of the templates: all that a solution need tell.
pub(super) fn variables(delete: &[GroundQuadPattern], insert: &[QuadPattern]) -> Vec<Variable> {
    let mut found = Vec::new();
    for quad in delete {
        of_ground(&quad.subject, &mut found);
        of_ground(&quad.object, &mut found);
        of_names(&quad.predicate, &quad.graph_name, &mut found);
    }
    for quad in insert {
        of_term(&quad.subject, &mut found);
        of_term(&quad.object, &mut found);
        of_names(&quad.predicate, &quad.graph_name, &mut found);
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn of_names(predicate: &NamedNodePattern, graph: &GraphNamePattern, found: &mut Vec<Variable>) {
    if let NamedNodePattern::Variable(variable) = predicate {
        found.push(variable.clone());
    }
    if let GraphNamePattern::Variable(variable) = graph {
        found.push(variable.clone());
    }
}

fn of_term(pattern: &TermPattern, found: &mut Vec<Variable>) {
    match pattern {
        TermPattern::Variable(variable) => found.push(variable.clone()),
        TermPattern::Triple(triple) => {
            of_term(&triple.subject, found);
            of_term(&triple.object, found);
            if let NamedNodePattern::Variable(variable) = &triple.predicate {
                found.push(variable.clone());
            }
        }
        TermPattern::NamedNode(_) | TermPattern::BlankNode(_) | TermPattern::Literal(_) => {}
    }
}

fn of_ground(pattern: &GroundTermPattern, found: &mut Vec<Variable>) {
    match pattern {
        GroundTermPattern::Variable(variable) => found.push(variable.clone()),
        GroundTermPattern::Triple(triple) => {
            of_ground(&triple.subject, found);
            of_ground(&triple.object, found);
            if let NamedNodePattern::Variable(variable) = &triple.predicate {
                found.push(variable.clone());
            }
        }
        GroundTermPattern::NamedNode(_) | GroundTermPattern::Literal(_) => {}
    }
}
