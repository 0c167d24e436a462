//! A call as a request: checked, signed, and beside it the same as it may be shown.

use bytes::Bytes;
use hyper::{
    HeaderMap, Method, Uri,
    header::{CONTENT_LENGTH, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING, USER_AGENT},
};

use super::{Secrets, auth::Signer, http::Call};
use crate::evidence::{self, Body, Headers};

/// How we name ourselves to partners.
const OUR_NAME: &str = concat!("probe/", env!("CARGO_PKG_VERSION"));

/// A request ready to be sent, as often as the policy says.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The header fields in order, credentials masked.
    pub(super) shown: Headers,
}

/// The request as it may be shown and written down. `headers`: those of
/// [`Prepared::shown`], or nothing where the request could not be built.
pub(super) fn shown(call: &Call<'_>, signer: &Signer, headers: Headers) -> evidence::Request {
    evidence::Request {
        method: call.request.method.clone(),
        url: signer.mask(&without_user(&url(call))),
        headers,
        body: Body::whole(call.request.body.clone()),
    }
}

/// Builds and signs the request. Err: why it cannot be sent, in one line
/// without any value.
pub(super) fn prepare(
    call: &Call<'_>,
    signer: &Signer,
    secrets: &Secrets,
) -> Result<Prepared, String> {
    let uri = uri(call)?;
    let method = Method::from_bytes(call.request.method.as_bytes())
        .map_err(|_| format!("{:?} is not an HTTP method", call.request.method))?;
    let signature = signer.sign(call.credentials, secrets, call.token)?;
    let mut fields = Fields::new(signer, call.request.headers.len() + 6);
    fields.show(&HOST, &host(&uri));

    let signed_in = signer.field()?;
    let keyed_in = call.idempotency.as_ref().map(|(header, _)| name(header)).transpose()?;
    let mut named = false;
    for (field, text) in &call.request.headers {
        let field = name(field)?;
        // Framing and credentials are ours alone; a caller's own would contradict them.
        let ours = [&HOST, &CONTENT_LENGTH, &TRANSFER_ENCODING].contains(&&field)
            || signed_in.as_ref() == Some(&field)
            || keyed_in.as_ref() == Some(&field);
        if !ours {
            named |= field == USER_AGENT;
            let value = value(&field, text)?;
            fields.add(field, value, text);
        }
    }
    if !named {
        fields.add(USER_AGENT, HeaderValue::from_static(OUR_NAME), OUR_NAME);
    }
    if let (Some(field), Some((_, key))) = (keyed_in, &call.idempotency) {
        let value = value(&field, key)?;
        fields.add(field, value, key);
    }
    if let (Some(field), Some(signature)) = (signed_in, signature) {
        fields.shown.push((field.as_str().to_owned(), signature.shown));
        fields.sent.append(field, signature.value);
    }
    let size = call.request.body.len();
    if size > 0 || matches!(method, Method::POST | Method::PUT | Method::PATCH) {
        fields.add(CONTENT_LENGTH, HeaderValue::from(size), &size.to_string());
    }
    let Fields { sent: headers, shown, .. } = fields;
    Ok(Prepared { method, uri, headers, body: call.request.body.clone(), shown })
}

/// Header fields as sent and as shown.
struct Fields<'s> {
    signer: &'s Signer,
    sent: HeaderMap,
    shown: Headers,
}

impl<'s> Fields<'s> {
    fn new(signer: &'s Signer, capacity: usize) -> Self {
        let (sent, shown) = (HeaderMap::with_capacity(capacity), Vec::with_capacity(capacity));
        Self { signer, sent, shown }
    }

    fn add(&mut self, field: HeaderName, value: HeaderValue, text: &str) {
        self.show(&field, text);
        self.sent.append(field, value);
    }

    fn show(&mut self, field: &HeaderName, text: &str) {
        let text = self.signer.mask_header(field.as_str(), text);
        self.shown.push((field.as_str().to_owned(), text));
    }
}

fn name(text: &str) -> Result<HeaderName, String> {
    HeaderName::from_bytes(text.as_bytes())
        .map_err(|_| format!("{text:?} is not a possible name of a header field"))
}

fn value(field: &HeaderName, text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| format!("the value of the header field {field} holds a control character"))
}

fn url(call: &Call<'_>) -> String {
    let base = call.base_url.trim_end_matches('/');
    let path = &call.request.path_and_query;
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{base}{slash}{path}")
}

/// The target, checked.
fn uri(call: &Call<'_>) -> Result<Uri, String> {
    let text = url(call);
    let shown = without_user(&text);
    let uri: Uri = text.parse().map_err(|error| format!("{shown} is not a URL: {error}"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(format!("{shown} is neither an http nor an https URL"));
    }
    match uri.authority() {
        Some(authority) if authority.as_str().contains('@') => Err(format!(
            "the base URL of {} holds credentials; name them under auth instead",
            call.integration.id
        )),
        Some(authority) if !authority.host().is_empty() => Ok(uri),
        _ => Err(format!("{shown} names no host")),
    }
}

/// The URL without what stands before an `@` in its authority.
fn without_user(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => url.to_owned(),
    }
}

/// What hyper's client writes into `host`: no port where it is the scheme's own.
fn host(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    match (uri.port_u16(), uri.scheme_str()) {
        (None, _) | (Some(80), Some("http")) | (Some(443), Some("https")) => host.to_owned(),
        (Some(port), _) => format!("{host}:{port}"),
    }
}
