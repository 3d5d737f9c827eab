//! stand-in until the formats land
use super::{Service, problem::Problem};
use crate::ask::Piece;
use axum::{
    Json,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
pub(super) struct Form;
impl Form {
    pub(super) fn take(_p: &mut Vec<(String, String)>, _h: &HeaderMap, _e: Option<&str>) -> Result<Self, Problem> {
        Ok(Self)
    }
}
pub(super) fn answer(_s: &Service, _f: &Form, piece: &Piece) -> Result<Response, Problem> {
    Ok(Json(piece).into_response())
}
