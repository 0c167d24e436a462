Feature: A service gets a token
  Our services prove who they are with their client's id and secret, and get a token for one API.

  @critical @nightly @gate @hypercare
  Scenario: A service that proves who it is gets a token for a day
    When we call requestToken with
      | grant_type | client_credentials             |
      | audience   | https://api.example.com/orders |
    Then the answer is 200
    And "$.token_type" is "Bearer"
    And "$.expires_in" is at least 300
    And "$.access_token" matches /^[\w-]+\.[\w-]+\.[\w-]+$/
    And the header "cache-control" contains "no-store"
    And it took less than 2 s

  @nightly @gate
  Scenario: A service is no person: it gets neither an ID token nor a refresh token
    When we call requestToken with
      | grant_type | client_credentials             |
      | audience   | https://api.example.com/orders |
    Then the answer is 200
    And "$.id_token" is absent
    And "$.refresh_token" is absent

  Rule: A service has to be known

    @critical @nightly @gate @failure:auth-refused
    Scenario: A wrong secret is refused, and not tried again
      Given our credentials are wrong
      When we call requestToken with
        | grant_type | client_credentials             |
        | audience   | https://api.example.com/orders |
      Then the answer is 401
      And "$.error" is one of "access_denied", "invalid_client"
      And we made 1 attempt

    @nightly @gate
    Scenario: Without credentials there is no token
      Given our credentials are missing
      When we call requestToken with
        | grant_type | client_credentials             |
        | audience   | https://api.example.com/orders |
      Then the answer is 401

  Rule: A service gets what it is meant to get

    @nightly @gate
    Scenario Outline: A request that goes too far is refused with its reason
      When we call requestToken with
        | grant_type | <grant>    |
        | audience   | <audience> |
      Then the answer is 403
      And "$.error" is "<reason>"
      And we made 1 attempt

      Examples:
        | grant              | audience                       | reason                 |
        | client_credentials | https://api.example.com/nobody | access_denied          |
        | password           | https://api.example.com/orders | unauthorized_client    |
        | carrier_pigeon     | https://api.example.com/orders | unsupported_grant_type |

    @nightly @gate
    Scenario: A request without a grant is not understood
      When we wrongly call requestToken without "grant_type"
      Then the answer is 400
      And "$.error" is "invalid_request"
