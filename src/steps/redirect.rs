//! What an answer says by where it sends us: the arguments of the URL in `Location`.

use super::made::clip;
use crate::{contract::codec, evidence::Response};

/// The arguments of the URL that an answer redirects to, decoded: those of its query, then those
/// of its fragment, where the implicit flow puts them (RFC 6749 section 4.2.2). Err: why there
/// are none, in one line.
pub(super) fn arguments(response: &Response) -> Result<Vec<(String, String)>, String> {
    let url = response.header("location").ok_or("the answer redirects nowhere: no `Location`")?;
    let (before, fragment) = url.split_once('#').unwrap_or((url, ""));
    let query = before.split_once('?').map_or("", |(_, query)| query);
    let mut arguments = codec::query_pairs(query)?;
    if fragment.contains('=') {
        arguments.extend(codec::query_pairs(fragment)?);
    }
    Ok(arguments)
}

/// One of these arguments. Err: in one line what is there instead, without values, since a
/// redirect carries credentials.
pub(super) fn argument(response: &Response, name: &str) -> Result<String, String> {
    let arguments = arguments(response)?;
    if let Some((_, value)) = arguments.iter().find(|(known, _)| known == name) {
        return Ok(value.clone());
    }
    let names: Vec<&str> = arguments.iter().map(|(name, _)| name.as_str()).collect();
    Err(match names.as_slice() {
        [] => "the URL in `Location` has no arguments".to_owned(),
        names => format!("the URL in `Location` has {}", names.join(", ")),
    })
}

/// What a redirect says went wrong (RFC 6749 section 4.1.2.1), for a note in a message.
pub(super) fn complaint(response: &Response) -> Option<String> {
    let arguments = arguments(response).ok()?;
    let said = |name: &str| arguments.iter().find(|(known, _)| known == name).map(|(_, v)| v);
    let error = said("error")?;
    Some(match said("error_description") {
        Some(description) => clip(&format!("the redirect says {error}: {description}"), 200),
        None => clip(&format!("the redirect says {error}"), 200),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Body;

    fn redirect(location: Option<&str>) -> Response {
        let headers = location.map(|url| ("location".to_owned(), url.to_owned()));
        Response { status: 302, headers: headers.into_iter().collect(), body: Body::default() }
    }

    #[test]
    fn arguments_stand_in_query_and_fragment() {
        let of = |url| argument(&redirect(Some(url)), "code");
        assert_eq!(of("https://a.example/cb?state=1&code=x%2By+z"), Ok("x+y z".to_owned()));
        assert_eq!(of("/cb#code=x&state=1"), Ok("x".to_owned()));
        assert_eq!(of("/cb?code=a#code=b"), Ok("a".to_owned()));
        assert_eq!(
            of("/cb?error=login_required&state=1#top"),
            Err("the URL in `Location` has error, state".to_owned())
        );
        assert_eq!(of("/cb"), Err("the URL in `Location` has no arguments".to_owned()));
        let complaint = |url| complaint(&redirect(Some(url)));
        assert_eq!(
            complaint("/cb?error=login_required&error_description=Login%20required"),
            Some("the redirect says login_required: Login required".to_owned())
        );
        assert_eq!(complaint("/cb?error=x"), Some("the redirect says x".to_owned()));
        assert_eq!(complaint("/cb?code=x"), None);
        assert_eq!(
            argument(&redirect(None), "code"),
            Err("the answer redirects nowhere: no `Location`".to_owned())
        );
    }
}
