use impasto::{Filter, register};
use schemars::JsonSchema;
use serde::Deserialize;

/// Accepts what files say of Paste's `httpexceptions`, and does nothing.
///
/// There it makes answers of the exceptions that an app raises. An app here answers, and has nothing to be
/// translated.
///
/// It belongs wherever a file has it, since a pipeline without it is the same.
///
/// ```ini
/// [filter:exceptions]
/// use = egg:impasto#httpexceptions
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct HttpExceptions {
    /// The status above which exceptions are passed on; has no effect.
    warning_level: Option<String>,
}

register!("httpexceptions" => httpexceptions, for
    "egg:Paste#httpexceptions",
    "paste.httpexceptions:make_middleware",
);

fn httpexceptions(_: HttpExceptions) -> Filter {
    Filter::wrap(|app| app)
}

#[cfg(test)]
mod tests {
    use crate::testing::{answer_to, load};

    #[tokio::test]
    async fn the_app_answers_for_itself() {
        let file = "[filter-app:main]\nuse = egg:Paste#httpexceptions\nnext = app\nwarning_level = 500\n\
                    [app:app]\nuse = egg:impasto#respond\nstatus = 404\nbody = none\n";
        let (status, body) = answer_to(&load(file).unwrap(), "/").await;
        assert_eq!((status.as_u16(), &*body), (404, "none"));
    }
}
