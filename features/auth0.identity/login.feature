@nightly @gate @only:mock
Feature: A person logs in
  We send the person to Auth0 with a challenge, and exchange what they bring back together with its verifier. The pair
  is the one of RFC 7636, appendix B.

  @critical
  Scenario: A person who is logged in comes back with a code, and the code becomes tokens
    When we call authorize with
      | response_type         | code                                        |
      | client_id             | Bq3mTzX7cWkR1vN5yLd8pHs2fGj4aEu6            |
      | redirect_uri          | https://app.example.com/callback            |
      | scope                 | openid profile email                        |
      | state                 | before & after = 100%                       |
      | code_challenge        | E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM |
      | code_challenge_method | S256                                        |
    Then the answer is 302
    And the header "location" matches /^https:\/\/app\.example\.com\/callback\?/
    And the redirect's "state" is "before & after = 100%"
    And we remember the redirect's "code" as code
    When we call requestToken with
      | grant_type    | authorization_code                          |
      | code          | {code}                                      |
      | code_verifier | dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk |
      | redirect_uri  | https://app.example.com/callback            |
    Then the answer is 200
    And "$.token_type" is "Bearer"
    And "$.id_token" is present
    And "$.scope" contains "openid"
    And we remember "$.access_token" as token
    Given our access token is {token}
    When we call getUserInfo
    Then the answer is 200
    And "$.sub" matches /^auth0\|/
    And "$.email" is an email

  Rule: Who is not logged in is not let through

    Scenario: A person without a session is sent to the login page
      When we call authorize with
        | response_type         | code                                        |
        | client_id             | Bq3mTzX7cWkR1vN5yLd8pHs2fGj4aEu6            |
        | redirect_uri          | https://app.example.com/callback            |
        | scope                 | openid profile email                        |
        | state                 | af0ifjsldkj8xQ2w                            |
        | code_challenge        | E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM |
        | code_challenge_method | S256                                        |
        | login_hint            | signed-out@example.com                      |
      Then the answer is 302
      And the header "location" matches /\/login\?/
      And the redirect's "code" is absent

    @failure:declined
    Scenario: Where nobody may be asked, the missing session is told
      When we call authorize with
        | response_type         | code                                        |
        | client_id             | Bq3mTzX7cWkR1vN5yLd8pHs2fGj4aEu6            |
        | redirect_uri          | https://app.example.com/callback            |
        | scope                 | openid profile email                        |
        | state                 | af0ifjsldkj8xQ2w                            |
        | code_challenge        | E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM |
        | code_challenge_method | S256                                        |
        | prompt                | none                                        |
        | login_hint            | signed-out@example.com                      |
      Then the answer is 302
      And the redirect's "error" is "login_required"
      And the redirect's "state" is "af0ifjsldkj8xQ2w"
      And the redirect's "code" is absent

    Scenario: A callback that nobody registered is not redirected to
      When we call authorize with
        | response_type         | code                                        |
        | client_id             | Bq3mTzX7cWkR1vN5yLd8pHs2fGj4aEu6            |
        | redirect_uri          | https://elsewhere.example.net/callback      |
        | scope                 | openid profile email                        |
        | state                 | af0ifjsldkj8xQ2w                            |
        | code_challenge        | E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM |
        | code_challenge_method | S256                                        |
      Then the answer is 403
      And the header "content-type" contains "text/html"
      And the header "location" is absent
