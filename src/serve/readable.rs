//! Problems for people: a browser that gets one sees a page, programs get the document, in the language they ask for.

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{lang::PageLang, negotiate, pages, problem::Problem};

/// Puts a page in the place of a problem document where the client prefers HTML, and the words of another language in the
/// place of the English ones where it asks for that (RFC 9457, 3.1.3); what programs go by stays.
pub(super) async fn problems(request: Request, next: Next) -> Response {
    let accept = negotiate::accept(request.headers());
    let accept_language =
        request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    let query = request.uri().query().map(ToOwned::to_owned);
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>() else { return response };
    let wants_page =
        accept.is_some() && negotiate::choose(accept.as_deref(), &["application/problem+json", "text/html"]) == Some(1);
    if !wants_page {
        let lang = PageLang::choose(None, accept_language.as_deref());
        return if lang == PageLang::En { response } else { in_words(response, lang) };
    }
    let lang = PageLang::choose(query.as_deref(), accept_language.as_deref());
    let page = pages::problem(problem, lang, query.as_deref());
    let (mut parts, _) = response.into_parts();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.remove(header::CONTENT_LENGTH);
    (parts, page).into_response()
}

/// A problem document with the words of a language, where there are any.
fn in_words(response: Response, lang: PageLang) -> Response {
    let Some(problem) = response.extensions().get::<Problem>() else { return response };
    let (title, detail) = pages::in_words(problem, lang);
    if title.is_none() && detail.is_none() {
        return response;
    }
    let mut document = problem.to_json();
    if let Some(title) = title {
        document["title"] = title.into();
    }
    if let Some(detail) = detail {
        document["detail"] = detail.into();
    }
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    parts.headers.append(header::VARY, HeaderValue::from_static("Accept-Language"));
    (parts, document.to_string()).into_response()
}
