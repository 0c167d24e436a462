@nightly @gate @only:mock
Feature: Auth0 in trouble
  Everything of ours needs tokens, so our side waits as it is told, and does not make it worse.

  Rule: An empty bucket is waited for

    @critical @failure:rate-limit
    Scenario: Throttling is waited out until the bucket is full again
      Given the partner throttles the next 2 calls
      When we call requestToken with
        | grant_type | client_credentials             |
        | audience   | https://api.example.com/orders |
      Then the answer is 200
      And we made 3 attempts
      And we waited at least as long as the partner asked, or 500 ms and 1 s where it said nothing

    Scenario: Throttling that does not end is told as throttling
      Given the partner throttles every call
      When we call getSigningKeys
      Then the answer is 429
      And "$.error" is "too_many_requests"
      And the header "x-ratelimit-remaining" is 0
      And the header "retry-after" is absent
      And we made 3 attempts

  Rule: What breaks at Auth0 is tried again, and then told

    @failure:server-error
    Scenario: A passing outage is overcome
      Given the partner answers the next 2 calls with 503
      When we call getSigningKeys
      Then the answer is 200
      And we made 3 attempts

    Scenario Outline: A lasting outage is told as it is
      Given the partner answers every call with <status>
      When we call requestToken with
        | grant_type | client_credentials             |
        | audience   | https://api.example.com/orders |
      Then the answer is <status>
      And "$.access_token" is absent
      And we made 3 attempts

      Examples:
        | status |
        | 500    |
        | 503    |

    @failure:maintenance
    Scenario: While Auth0 is down as announced we ask no more than thrice
      Given the partner is down for maintenance for every call
      When we call getSigningKeys
      Then the answer is 503
      And the answer breaks the contract
      And we made 3 attempts

    @failure:connection-reset
    Scenario: A connection that is cut in the middle of the keys costs one more attempt
      Given the partner cuts the connection in the body of its answer to the next call
      When we call getSigningKeys
      Then the answer is 200
      And we made 2 attempts

    @critical @failure:timeout
    Scenario: A service whose answer was lost asks again, and gets a token
      Given the partner stays silent for the next call
      When we call requestToken with
        | grant_type | client_credentials             |
        | audience   | https://api.example.com/orders |
      Then the answer is 200
      And we made 2 attempts

    Scenario: Lasting silence is told as silence
      Given the partner stays silent for every call of getSigningKeys
      When we call getSigningKeys
      Then there is no answer: timeout
      And we made 3 attempts
