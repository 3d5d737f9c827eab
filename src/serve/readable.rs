//! Problems for people: a browser that gets one sees a page, programs get the document.

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{lang::PageLang, negotiate, pages, problem::Problem};

/// Puts a page in the place of a problem document where the client prefers HTML.
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
        return response;
    }
    let lang = PageLang::choose(query.as_deref(), accept_language.as_deref());
    let page = pages::problem(problem, lang, query.as_deref());
    let (mut parts, _) = response.into_parts();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.remove(header::CONTENT_LENGTH);
    (parts, page).into_response()
}
