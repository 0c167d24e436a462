@nightly @gate @only:mock
Feature: Who is behind a token
  Auth0 tells it for a token that it has issued to a person, as long as the token is good.

  Background:
    When we call authorize with
      | response_type         | code                                        |
      | client_id             | Bq3mTzX7cWkR1vN5yLd8pHs2fGj4aEu6            |
      | redirect_uri          | https://app.example.com/callback            |
      | scope                 | openid profile email                        |
      | state                 | af0ifjsldkj8xQ2w                            |
      | code_challenge        | E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM |
      | code_challenge_method | S256                                        |
    And we remember the redirect's "code" as code
    And we call requestToken with
      | grant_type    | authorization_code                          |
      | code          | {code}                                      |
      | code_verifier | dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk |
      | redirect_uri  | https://app.example.com/callback            |
    And we remember "$.access_token" as token

  @critical @failure:auth-expired
  Scenario: A token that has expired is refused, and it says why
    Given our access token is {token}
    But our access token has expired
    When we call getUserInfo
    Then the answer is 401
    And the header "www-authenticate" matches /error="invalid_token".*expired/
    And we made 1 attempt

  @failure:auth-refused
  Scenario: A token that Auth0 has not issued is refused
    Given our credentials are wrong
    When we call getUserInfo
    Then the answer is 401
    And the header "www-authenticate" contains "invalid_token"

  Scenario: Without a token nobody is told anything
    Given our credentials are missing
    When we call getUserInfo
    Then the answer is 401

  Scenario: The token of a service tells of no person
    When we call requestToken with
      | grant_type | client_credentials             |
      | audience   | https://api.example.com/orders |
    And we remember "$.access_token" as service
    Given our access token is {service}
    When we call getUserInfo
    Then the answer is 401

  @critical @failure:schema-drift
  Scenario Outline: A change of the person's data is found
    Given our access token is {token}
    And the partner's answer to getUserInfo drifts: "<place>" <change>
    When we call getUserInfo
    Then the answer is 200
    And breaking drift is found at "<place>"

    Examples:
      | place            | change           |
      | $.sub            | is missing       |
      | $.email_verified | has another type |
      | $.updated_at     | has another type |
