//! The folder `http-rdf-update`, whose tests are prose and build on each other: told here as one conversation each,
//! in our own words, with the statuses that the suite's later folder on the same protocol allows.

use std::fmt::Write as _;

use crate::{
    evaluate::State,
    exchange::same_graph,
    service::{Reply, Service, with_parameters},
};

const FIRST: &str = "/graphs/person/1.ttl";
const TURTLE: &str = "text/turtle; charset=utf-8";

const AISHA: &str = "<http://example.org/p1> <http://example.org/card> [ <http://example.org/name> \"Aisha\" ] .";
const BASIL: &str = "<http://example.org/p1> <http://example.org/card> [ <http://example.org/name> \"Basil\" ] .";
const NOBODY: &str = "[] <http://example.org/card> [ <http://example.org/name> \"Nobody\" ] .";
const MORE: &str = "<http://example.org/p1> <http://example.org/nick> \"B.\" .";
const LAST: &str = "<http://example.org/p1> <http://example.org/last> \"Haddad\" .";

/// A conversation that is going on.
struct Talk<'a> {
    service: &'a Service,
}

type Outcome = Result<(), String>;

/// Holds the test of this name.
pub fn hold(service: &Service, name: &str) -> Outcome {
    State::default().put(service)?;
    let talk = Talk { service };
    match name {
        "put__initial_state" => talk.put(FIRST, AISHA, &[201]),
        "get_of_put__initial_state" => {
            talk.put(FIRST, AISHA, &[201])?;
            talk.get(&talk.indirect(FIRST), AISHA)
        }
        "put__graph_already_in_store" => talk.put_twice(),
        "get_of_put__graph_already_in_store" => {
            talk.put_twice()?;
            talk.get(FIRST, BASIL)
        }
        "put__default_graph" => talk.put("/graphs?default", NOBODY, &[200, 201, 204]),
        "get_of_put__default_graph" => {
            talk.put("/graphs?default", NOBODY, &[200, 201, 204])?;
            talk.get("/graphs?default", NOBODY)
        }
        "delete__existing_graph" => talk.delete(),
        "get_of_delete__existing_graph" => {
            talk.delete()?;
            talk.status("GET", FIRST, &[404])
        }
        "delete__nonexistent_graph" => talk.status("DELETE", FIRST, &[404]),
        "post__existing_graph" => talk.post(),
        "get_of_post__existing_graph" => {
            talk.post()?;
            talk.get(FIRST, &format!("{BASIL}{MORE}"))
        }
        "post__multipart_formdata" => talk.multipart(),
        "get_of_post__multipart_formdata" => {
            talk.multipart()?;
            talk.get(FIRST, &format!("{BASIL}{MORE}{LAST}"))
        }
        "post__create__new_graph" => talk.create().map(drop),
        "get_of_post__create__new_graph" => {
            let made = talk.create()?;
            talk.get(&made, NOBODY)
        }
        "get_of_post__after_noop" => {
            let made = talk.create()?;
            expect(&talk.send("POST", &made, ""), &[200, 204])?;
            talk.get(&made, NOBODY)
        }
        "head_on_an_existing_graph" => {
            talk.put(FIRST, AISHA, &[201])?;
            let reply = talk.service.send("HEAD", FIRST, &[("accept", "text/turtle")], None);
            expect(&reply, &[200])?;
            if reply.media_type == "text/turtle" { Ok(()) } else { Err(format!("it is {}", reply.media_type)) }
        }
        "head_on_a_nonexisting_graph" => talk.status("HEAD", FIRST, &[404]),
        _ => Err("the test is not known here".to_owned()),
    }
}

impl Talk<'_> {
    fn send(&self, method: &str, path: &str, turtle: &str) -> Reply {
        self.service.send(method, path, &[("content-type", TURTLE)], Some(turtle.as_bytes().to_vec()))
    }

    fn status(&self, method: &str, path: &str, statuses: &[u16]) -> Outcome {
        expect(&self.service.send(method, path, &[("accept", "text/turtle")], None), statuses)
    }

    fn put(&self, path: &str, turtle: &str, statuses: &[u16]) -> Outcome {
        expect(&self.send("PUT", path, turtle), statuses)
    }

    fn put_twice(&self) -> Outcome {
        self.put(FIRST, AISHA, &[201])?;
        self.put(FIRST, BASIL, &[200, 204])
    }

    fn get(&self, path: &str, turtle: &str) -> Outcome {
        let reply = self.service.send("GET", path, &[("accept", "text/turtle")], None);
        expect(&reply, &[200])?;
        same_graph(turtle, &reply, &self.service.address)
    }

    fn delete(&self) -> Outcome {
        self.put(FIRST, AISHA, &[201])?;
        self.status("DELETE", FIRST, &[200, 204])
    }

    fn post(&self) -> Outcome {
        self.put(FIRST, BASIL, &[201])?;
        expect(&self.send("POST", FIRST, MORE), &[200, 204])
    }

    fn multipart(&self) -> Outcome {
        self.put(FIRST, BASIL, &[201])?;
        let mut body = String::new();
        for (name, turtle) in [("more.ttl", MORE), ("last.ttl", LAST)] {
            body.push_str("--between\r\nContent-Disposition: form-data; name=\"");
            let _ = write!(body, "{name}\"; filename=\"{name}\"\r\nContent-Type: {TURTLE}\r\n\r\n{turtle}\r\n");
        }
        body.push_str("--between--\r\n");
        let headers = [("content-type", "multipart/form-data; boundary=between")];
        expect(&self.service.send("POST", FIRST, &headers, Some(body.into_bytes())), &[200, 204])
    }

    /// Has a graph made, and tells the path at which it says the graph is.
    fn create(&self) -> Result<String, String> {
        let reply = self.send("POST", "/graphs", NOBODY);
        expect(&reply, &[201])?;
        let location = reply.location.ok_or("there is no Location")?;
        Ok(location.strip_prefix(&self.service.address).map(ToOwned::to_owned).unwrap_or(location))
    }

    fn indirect(&self, path: &str) -> String {
        with_parameters("/graphs", &[("graph", format!("{}{path}", self.service.address))])
    }
}

fn expect(reply: &Reply, statuses: &[u16]) -> Outcome {
    if statuses.contains(&reply.status) { Ok(()) } else { Err(format!("{}; expected {statuses:?}", reply.brief())) }
}
