//! Header fields that no contract needs to name.

/// Fields of HTTP itself (RFC 9110, 9111, 9112, 6265, 6797, 7838, 8942, 9209, 9211, 9218, the
/// registry of field names), of browsers (Fetch, CSP, Reporting), and what servers say of
/// themselves. Sorted.
const NAMES: &[&str] = &[
    "accept",
    "accept-ch",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-patch",
    "accept-post",
    "accept-ranges",
    "age",
    "allow",
    "alt-svc",
    "api-supported-versions",
    "authentication-info",
    "authorization",
    "cache-control",
    "cache-status",
    "cdn-cache-control",
    "clear-site-data",
    "connection",
    "content-digest",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-md5",
    "content-range",
    "content-type",
    "cookie",
    "correlation-id",
    "critical-ch",
    "date",
    "deprecation",
    "digest",
    "dnt",
    "early-data",
    "etag",
    "expect",
    "expect-ct",
    "expires",
    "forwarded",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "last-modified",
    "link",
    "location",
    "max-forwards",
    "mime-version",
    "nel",
    "origin",
    "origin-agent-cluster",
    "p3p",
    "permissions-policy",
    "pragma",
    "preference-applied",
    "priority",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "proxy-connection",
    "proxy-status",
    "public-key-pins",
    "range",
    "referer",
    "referrer-policy",
    "refresh",
    "report-to",
    "reporting-endpoints",
    "repr-digest",
    "request-id",
    "retry-after",
    "server",
    "server-timing",
    "set-cookie",
    "sourcemap",
    "status",
    "strict-transport-security",
    "sunset",
    "surrogate-control",
    "surrogate-key",
    "te",
    "timing-allow-origin",
    "trace-id",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "upgrade-insecure-requests",
    "user-agent",
    "vary",
    "via",
    "warning",
    "www-authenticate",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-backend",
    "x-cache",
    "x-cache-hits",
    "x-cdn",
    "x-content-type-options",
    "x-correlation-id",
    "x-dns-prefetch-control",
    "x-download-options",
    "x-frame-options",
    "x-generator",
    "x-hits",
    "x-permitted-cross-domain-policies",
    "x-powered-by",
    "x-proxy-cache",
    "x-real-ip",
    "x-request-id",
    "x-requested-with",
    "x-response-time",
    "x-robots-tag",
    "x-runtime",
    "x-served-by",
    "x-timer",
    "x-trace-id",
    "x-transaction-id",
    "x-ua-compatible",
    "x-varnish",
    "x-xss-protection",
];

/// Families of them: CORS and Fetch metadata, limits (`draft-ietf-httpapi-ratelimit-headers` and
/// its elders), tracing, and the networks and proxies that stand in front of a partner. Sorted.
const FAMILIES: &[&str] = &[
    "access-control-",
    "akamai-",
    "cf-",
    "content-security-policy",
    "cross-origin-",
    "fastly-",
    "fly-",
    "ratelimit",
    "sec-",
    "x-akamai-",
    "x-amz-",
    "x-amzn-",
    "x-appengine-",
    "x-azure-",
    "x-b3-",
    "x-cache-",
    "x-cloud-trace-",
    "x-cloudfront-",
    "x-datadog-",
    "x-edge-",
    "x-envoy-",
    "x-fastly-",
    "x-forwarded-",
    "x-github-request-",
    "x-goog-",
    "x-kong-",
    "x-ms-",
    "x-newrelic-",
    "x-original-",
    "x-proxy-",
    "x-rate-limit",
    "x-ratelimit",
    "x-vercel-",
];

/// Whether a field, its name in lower case, says nothing of the partner's own interface.
pub(super) fn is_known(name: &str) -> bool {
    if NAMES.binary_search(&name).is_ok() {
        return true;
    }
    // Of the families that sort before a name at most one is its own: none begins another.
    let before = FAMILIES.partition_point(|family| *family <= name);
    before.checked_sub(1).is_some_and(|at| name.starts_with(FAMILIES[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_no_family_is_part_of_another() {
        assert!(NAMES.is_sorted_by(|a, b| a < b));
        assert!(FAMILIES.is_sorted_by(|a, b| a < b && !b.starts_with(a)));
        for name in NAMES.iter().chain(FAMILIES) {
            assert_eq!(*name, name.to_ascii_lowercase());
        }
    }

    #[test]
    fn what_belongs_to_the_wire_is_known_and_the_rest_is_not() {
        for name in ["date", "cf-ray", "x-amzn-requestid", "x-ratelimit-limit", "sec-fetch-mode"] {
            assert!(is_known(name), "{name}");
        }
        for family in FAMILIES {
            assert!(is_known(&format!("{family}x")), "{family}");
        }
        for name in ["orders-left", "x-shopify-shop-api-call-limit", "c", "", "zz", "x-a", "secret"]
        {
            assert!(!is_known(name), "{name}");
        }
    }
}
