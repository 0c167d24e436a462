@nightly @gate @only:mock
Feature: A code is good for one exchange, by whoever asked for it
  What a person brings back can be read on its way. These are the reasons why that does not help a thief, and what they
  mean for our own retries.

  Background:
    When we call authorize with
      | response_type         | code                                        |
      | client_id             | Bq3mTzX7cWkR1vN5yLd8pHs2fGj4aEu6            |
      | redirect_uri          | https://app.example.com/callback            |
      | scope                 | openid profile email                        |
      | state                 | af0ifjsldkj8xQ2w                            |
      | code_challenge        | E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM |
      | code_challenge_method | S256                                        |
    Then the answer is 302
    And we remember the redirect's "code" as code

  @critical
  Scenario Outline: A code does not help who cannot prove that they asked for it
    When we call requestToken with
      | grant_type    | authorization_code |
      | code          | {code}             |
      | code_verifier | <verifier>         |
      | redirect_uri  | <callback>         |
    Then the answer is 403
    And "$.error" is "invalid_grant"
    And "$.access_token" is absent
    And we made 1 attempt

    Examples:
      | verifier                                    | callback                         |
      | somebody-elses-verifier-of-43-characters-00 | https://app.example.com/callback |
      | dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk | https://app.example.com/other    |

  @critical @failure:duplicate-request
  Scenario: A code that was exchanged is spent
    When we call requestToken with
      | grant_type    | authorization_code                          |
      | code          | {code}                                      |
      | code_verifier | dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk |
      | redirect_uri  | https://app.example.com/callback            |
    Then the answer is 200
    When we repeat the call
    Then the answer is 403
    And "$.error" is "invalid_grant"

  Scenario: An exchange whose answer was lost cannot be made up for
    Given the partner stays silent for the next call of requestToken
    When we call requestToken with
      | grant_type    | authorization_code                          |
      | code          | {code}                                      |
      | code_verifier | dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk |
      | redirect_uri  | https://app.example.com/callback            |
    Then the answer is 403
    And "$.error" is "invalid_grant"
    And we made 2 attempts
    And the partner received requestToken 2 times
