@nightly @gate
Feature: The keys that tokens are checked with
  Each of our services checks tokens with these keys from a copy of its own.

  @critical @hypercare
  Scenario: Each key can be told from the others, and used
    When we call getSigningKeys
    Then the answer is 200
    And every "$.keys[*].kid" is a string
    And every "$.keys[*].use" is "sig"
    And every "$.keys[*].n" matches /^[A-Za-z0-9_-]+$/
    And the header "cache-control" matches /max-age=\d+/
    And it took less than 1 s

  Scenario: Everything is where the provider says, and PKCE is supported
    When we call getConfiguration
    Then the answer is 200
    And "$.issuer" matches /^https:\/\/.*\/$/
    And "$.jwks_uri" matches /\/\.well-known\/jwks\.json$/
    And "$.code_challenge_methods_supported" contains "S256"
    And "$.grant_types_supported" contains "client_credentials"

  @critical @failure:schema-drift @only:mock
  Scenario Outline: A change of the keys that would lock everybody out is found
    Given the partner's answer to getSigningKeys drifts: "<place>" <change>
    When we call getSigningKeys
    Then the answer is 200
    And breaking drift is found at "<place>"

    Examples:
      | place         | change               |
      | $.keys        | is missing           |
      | $.keys[*].kid | is missing           |
      | $.keys[0].kty | has an unknown value |
      | $.keys[0].n   | has another type     |

  @failure:schema-drift @only:mock
  Scenario Outline: A change of the tokens' answer that would break our services is found
    Given the partner's answer to requestToken drifts: "<place>" <change>
    When we call requestToken with
      | grant_type | client_credentials             |
      | audience   | https://api.example.com/orders |
    Then the answer is 200
    And breaking drift is found at "<place>"

    Examples:
      | place          | change               |
      | $.access_token | is missing           |
      | $.token_type   | has an unknown value |
      | $.expires_in   | has another type     |
