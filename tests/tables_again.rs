//! A table that comes again takes nothing back: what was merged or withdrawn is not described anew.

use isnad::{
    add::{Archive, File, Plan, Report, Settings},
    ask::fate::{self, Fate},
    model::{Id, Kind},
};
use serde_json::{Value, json};

use crate::{
    people::request,
    starter::{ask, empty, memory, run, service},
};

const BODIES: &str = "id,label_en,founded\norg/zarqa,Zarqa Foundation,1990\norg/zumurrud,Zumurrud Society,1991\n\
                      org/zahra,Zahra League,1992\n";
const OFFICES: &str = "person,organization,role_en,from,to\nperson/zaki,org/zahra,Chair,2010-01-01,2012-01-01\n\
                       person/zain,org/zahra,Chair,2012-01-01,2014-01-01\n";
const PEOPLE: &str = "id,label_en\nperson/zaki,Zaki Test\nperson/zain,Zain Test\n";
const NOTE: &str = "---\nid: doc/one\ntitle: {en: A note}\ntype: note\nissued: 2017-02-15\n---\n\
                    The Zarqa Foundation met the Zumurrud Society.\n";

async fn add(archive: &Archive, files: &[(&str, &str)]) -> Report {
    let files = files.iter().map(|(name, text)| File::bytes((*name).to_owned(), text.as_bytes().to_vec()));
    let settings = Settings::new(archive, 1 << 20);
    let report = archive.add(&Plan::of(files.collect()), &settings, &|_| ()).await.expect("the store works");
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    report
}

async fn said_of(archive: &Archive, id: &str) -> usize {
    let iri = archive.store.iris().path(id);
    let query =
        format!("SELECT ?p {{ {iri} ?p ?o FILTER(STRENDS(STR(?p), '#label') || STRENDS(STR(?p), '#founded')) }}");
    archive.store.select(&query).await.expect("it is answered").len()
}

#[test]
fn what_was_merged_or_withdrawn_stays_so_and_the_report_says_it() {
    run(async {
        let archive = empty(memory()).await;
        archive.add_ontology().await.expect("the ontology can be added");
        let tables = [("bodies.csv", BODIES), ("people.csv", PEOPLE), ("offices.csv", OFFICES)];
        add(&archive, &tables).await;
        add(&archive, &[("one.md", NOTE)]).await;
        let service = service(archive);
        let archive = &service.archive;
        let act = async |method: &str, path: &str, body: &Value| -> Value {
            let (status, _, answer) = ask(&service, request(Some("secret"), method, path, body)).await;
            assert_eq!(status, 200, "{path}: {answer}");
            serde_json::from_str(&answer).expect("it is JSON")
        };
        let withdrawn = act("DELETE", "/api/entities/org/zarqa?reason=test", &Value::Null).await;
        act("DELETE", "/api/entities/person/zaki?reason=test", &Value::Null).await;
        act("POST", "/api/entities/org/zumurrud/merge", &json!({ "into": "org/zahra", "reason": "test" })).await;
        archive.relink().await.expect("it is linked");

        // As it was, and with another row that is new.
        let grown = format!("{BODIES}org/zuhur,Zuhur Union,1993\n");
        for bodies in [BODIES, &grown] {
            let again = [("bodies.csv", bodies), tables[1], tables[2]];
            let report = add(archive, &again).await;
            archive.relink().await.expect("it is linked");
            let notices: Vec<&String> = report.notices.iter().filter(|it| it.contains("left out")).collect();
            assert_eq!(notices.len(), 3, "{:?}", report.notices);
            assert!(notices.iter().any(|it| it.starts_with("bodies.csv:") && it.contains("org/zarqa, org/zumurrud")));
            assert!(notices.iter().any(|it| it.starts_with("offices.csv:") && it.ends_with(": person/zaki")));
            for id in ["org/zarqa", "org/zumurrud", "person/zaki"] {
                assert_eq!(said_of(archive, id).await, 0, "{id} is described again");
                let id: Id = id.parse().expect("it is an identifier");
                let fate = fate::of(&archive.store, &id).await.expect("it is answered");
                assert!(!matches!(fate, Fate::Current | Fate::Unknown), "{id}: {fate:?}");
            }
            assert_eq!(
                archive.dictionary().await.expect("it is grown").exact("Zarqa Foundation", &[Kind::Organization]),
                None
            );
            let (status, _, page) = ask(&service, crate::starter::get("/org/zarqa", "text/html")).await;
            assert_eq!(status, 410, "{page}");
        }
        assert_eq!(said_of(archive, "org/zuhur").await, 2, "the new row was added");
        assert_eq!(said_of(archive, "person/zain").await, 1);

        // Only undoing takes it back, or a table after that.
        act("POST", &format!("/api/changes/{}/undo", withdrawn["change"]), &Value::Null).await;
        assert_eq!(said_of(archive, "org/zarqa").await, 2);
        let report = add(archive, &[("bodies.csv", &grown)]).await;
        assert!(report.notices.iter().any(|it| it.ends_with(": org/zumurrud")), "{:?}", report.notices);
        assert_eq!(said_of(archive, "org/zarqa").await, 2);
        let checked = archive.check().await.expect("the check runs");
        assert_eq!(checked.refusals, 0, "{:?}", checked.findings);
    });
}
