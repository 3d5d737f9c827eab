//! What was noticed of two documents is accepted, rejected and undone, under a name, and nothing of it is lost.

use isnad::serve::tokens::Role;
use serde_json::{Value, json};

use crate::{
    people::{Staff, add},
    resemblance::text,
};

const LIST: &str = "/api/reviews/resemblances";

fn note(key: &str, otherwise: usize) -> String {
    format!("---\nid: doc/{key}\ntitle: {{en: {key}}}\ntype: note\n---\n{}\n", text(40, otherwise))
}

/// Two documents, the second of which was noticed to resemble the first.
async fn noticed() -> Staff {
    let staff = Staff::with(&[("first.md", &note("first", 0)), ("again.md", &note("again", 3))]).await;
    assert_eq!(waiting(&staff).await, ["again"]);
    staff
}

/// The documents of the proposals that wait.
async fn waiting(staff: &Staff) -> Vec<String> {
    let told = staff.read(LIST).await;
    let all = told["resemblances"].as_array().expect("there is a list").iter();
    all.map(|one| one["document"].as_str().unwrap_or_default().trim_start_matches("doc/").to_owned()).collect()
}

fn decide(verdict: &str, more: &[(&str, &str)]) -> Value {
    let mut body = json!({ "document": "doc/again", "resembles": "doc/first", "verdict": verdict });
    for (name, value) in more {
        body[*name] = (*value).into();
    }
    body
}

async fn relations(staff: &Staff) -> usize {
    let iris = staff.service.archive.store.iris();
    let query = format!("SELECT ?s {{ ?s {} ?o }}", iris.term("revisionOf"));
    staff.service.archive.store.select(&query).await.expect("it is answered").len()
}

#[test]
fn one_is_accepted_and_undone() {
    crate::starter::run(async {
        let staff = noticed().await;
        let (status, done) = staff.send(Some(Role::Reviewer), "POST", LIST, &decide("accepted", &[])).await;
        assert_eq!((status, &done["state"]), (201, &json!("accepted")), "{done}");
        assert_eq!(done["decisions"][0]["by"], "agent/reem-reviewer", "{done}");
        assert_eq!(waiting(&staff).await, [""; 0]);
        let told = staff.read("/api/reviews/resemblances?state=accepted").await;
        assert_eq!(told["resemblances"][0]["document"], "doc/again", "{told}");
        // What follows is said by whoever decided, in words that everybody reads.
        assert_eq!(relations(&staff).await, 1);
        let audit = staff.read("/api/audit?about=doc/again").await.to_string();
        assert!(audit.contains("agent/reem-reviewer"), "{audit}");
        for (lang, words) in [("en", "revision of"), ("ar", "\u{62a}\u{646}\u{642}\u{64a}\u{62d} \u{644}")] {
            let page = staff.page(&format!("/doc/again?lang={lang}")).await;
            assert!(page.contains(words) && !page.contains("id=\"likenesses\""), "{page}");
        }
        // It holds when the document comes again, and nobody is asked once more.
        add(&staff.service.archive, "again.md", &note("again", 2)).await;
        assert_eq!((waiting(&staff).await.len(), relations(&staff).await), (0, 1));
        let (status, same) = staff.send(Some(Role::Reviewer), "POST", LIST, &decide("accepted", &[])).await;
        assert_eq!((status, &same["decisions"]), (200, &done["decisions"]), "{same}");

        let (status, undone) = staff
            .send(Some(Role::Reviewer), "DELETE", "/api/reviews/resemblances/again/first?reason=hasty", &Value::Null)
            .await;
        assert_eq!((status, &undone["state"]), (201, &json!("proposed")), "{undone}");
        let history = staff.read("/api/reviews/resemblances/again/first").await;
        assert_eq!(history["decisions"].as_array().map(Vec::len), Some(2), "{history}");
        assert_eq!(history["decisions"][0]["revises"], done["decisions"][0]["id"], "{history}");
        assert_eq!(history["decisions"][0]["reason"], "hasty");
        assert_eq!((waiting(&staff).await, relations(&staff).await), (vec!["again".to_owned()], 0));
        let (status, none) =
            staff.send(Some(Role::Reviewer), "DELETE", "/api/reviews/resemblances/again/first", &Value::Null).await;
        assert_eq!(status, 404, "{none}");
        // It is no rating of how reliable anything is.
        let rated = staff.read("/api/assessments?document=doc/again").await;
        assert_eq!(rated["assessments"], json!([]), "{rated}");
        let checked = staff.service.archive.check().await.expect("the check runs");
        assert_eq!(checked.refusals, 0, "{:?}", checked.findings);
    });
}

#[test]
fn one_is_rejected_for_a_reason_and_decided_anew() {
    crate::starter::run(async {
        let staff = noticed().await;
        let (status, told) = staff.send(Some(Role::Reviewer), "POST", LIST, &decide("rejected", &[])).await;
        assert!(status == 422 && told["parameter"] == "reason", "{told}");
        let rejected = decide("rejected", &[("reason", "Another house.")]);
        let (status, done) = staff.send(Some(Role::Reviewer), "POST", LIST, &rejected).await;
        assert_eq!((status, &done["state"]), (201, &json!("rejected")), "{done}");
        let page = staff.page("/doc/again").await;
        assert!(!page.contains("id=\"likenesses\""), "{page}");
        add(&staff.service.archive, "first.md", &note("first", 1)).await;
        add(&staff.service.archive, "again.md", &note("again", 2)).await;
        assert!(!waiting(&staff).await.contains(&"again".to_owned()), "what was rejected is not proposed again");
        // Who decides otherwise says of which decision.
        let (status, told) = staff.send(Some(Role::Archivist), "POST", LIST, &decide("accepted", &[])).await;
        assert_eq!((status, &told["decision"]), (409, &done["decisions"][0]["id"]), "{told}");
        let revised = decide("accepted", &[("revises", told["decision"].as_str().expect("it is told"))]);
        let (status, anew) = staff.send(Some(Role::Archivist), "POST", LIST, &revised).await;
        assert_eq!((status, &anew["state"], relations(&staff).await), (201, &json!("accepted"), 1), "{anew}");
    });
}

#[test]
fn what_cannot_be_decided_is_refused() {
    crate::starter::run(async {
        let staff = noticed().await;
        let before = staff.service.archive.store.last_change().await.expect("it is known");
        for (body, status, words) in [
            (decide("corrected", &[]), 422, "accepted or rejected"),
            (decide("perhaps", &[]), 422, "perhaps"),
            (decide("accepted", &[("document", "org/x")]), 422, "org/x"),
            (decide("accepted", &[("resembles", "doc/other")]), 404, "doc/other"),
            (decide("accepted", &[("revises", "doc/again#x")]), 422, "in force"),
            (decide("accepted", &[("by", "somebody")]), 403, "somebody"),
            (decide("accepted", &[("more", "x")]), 400, "more"),
            (json!([]), 400, "decision"),
        ] {
            let (found, told) = staff.send(Some(Role::Reviewer), "POST", LIST, &body).await;
            assert!(
                found == status && told["detail"].as_str().is_some_and(|it| it.contains(words)),
                "{body}: {found} {told}"
            );
        }
        for (role, status) in [(None, 401), (Some(Role::Moderator), 403)] {
            assert_eq!(staff.send(role, "POST", LIST, &decide("accepted", &[])).await.0, status, "{role:?}");
            let address = "/api/reviews/resemblances/again/first";
            assert_eq!(staff.send(role, "DELETE", address, &Value::Null).await.0, status, "{role:?}");
        }
        let (status, told) = staff.send(None, "GET", "/api/reviews/resemblances?state=open", &Value::Null).await;
        assert!(status == 400 && told["parameter"] == "state", "{told}");
        assert_eq!(staff.service.archive.store.last_change().await.expect("it is known"), before);
    });
}
