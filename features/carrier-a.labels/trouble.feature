@nightly @gate @only:mock
Feature: The carrier in trouble
  There is no idempotency key here. What may have been done is looked up, never simply done again.

  Rule: Throttling is waited out

    @critical @failure:rate-limit
    Scenario: A throttled purchase is made once
      Given the partner throttles the next 2 calls of buyLabel
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then the answer is 200
      And "$.postage_label" is an object
      And we made 3 attempts
      And we waited at least as long as the partner asked, or 2 s and 4 s where it said nothing

    Scenario: Throttling that does not end is told as throttling
      Given the partner throttles every call
      When we call getShipment with
        | id | shp_123 |
      Then the answer is 429
      And "$.error.code" is "RATE_LIMITED"
      And the header "retry-after" is absent
      And we made 3 attempts

  Rule: A lost answer is looked up

    @critical @failure:timeout
    Scenario: A purchase whose answer was lost is looked up, not repeated
      Given the partner stays silent for the next call
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then there is no answer: timeout
      And we made 1 attempt
      When we call getShipment with
        | id | shp_100 |
      Then "$.postage_label.label_url" is a string
      And the partner received buyLabel 1 time

    @failure:duplicate-request
    Scenario: Whoever buys again after a lost answer is refused, and pays once
      Given the partner stays silent for the next call
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then there is no answer: timeout
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then the answer is 422
      And "$.error.code" is "SHIPMENT.POSTAGE.EXISTS"

  Rule: A connection that breaks is looked up

    @critical @failure:connection-reset
    Scenario Outline: A purchase that was cut off is looked up, not repeated
      Given the partner cuts the connection <moment> the next call of buyLabel
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then there is no answer: reset
      And we made 1 attempt
      When we call getShipment with
        | id | shp_100 |
      Then "$.postage_label.label_url" is a string
      And the partner received buyLabel 1 time

      Examples:
        | moment                          |
        | before it answers               |
        | in the headers of its answer to |
        | in the body of its answer to    |

    @failure:connection-reset
    Scenario: A purchase that never began is made once we have looked
      Given the partner cuts the connection before it carries out the next call of buyLabel
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then there is no answer: reset
      And we made 1 attempt
      When we call getShipment with
        | id | shp_100 |
      Then "$.postage_label" is null
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then the answer is 200
      And "$.postage_label" is an object

    Scenario: Half a label is no label, and is looked up too
      Given the partner's answer to the next call of buyLabel is cut short
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then there is no answer: protocol
      And we made 1 attempt
      When we call getShipment with
        | id | shp_100 |
      Then "$.postage_label.label_url" is a string

    Scenario: Reading is simply done again
      Given the partner cuts the connection in the body of its answer to the next call
      When we call getShipment with
        | id | shp_123 |
      Then the answer is 200
      And we made 2 attempts

  Rule: A slow carrier is borne for a minute

    Scenario: A purchase that comes late is a purchase
      Given the partner takes 45 s for the next call
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then the answer is 200
      And we made 1 attempt

    Scenario: A purchase that comes too late is looked up
      Given the partner takes 61 s for the next call
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then there is no answer: timeout
      And we made 1 attempt
      When we call getShipment with
        | id | shp_100 |
      Then "$.postage_label" is an object

  Rule: Maintenance is waited out where nothing is bought

    @failure:maintenance
    Scenario: Reading goes on when the carrier is back
      Given the partner is down for maintenance for the next call
      When we call getShipment with
        | id | shp_123 |
      Then the answer is 200
      And we made 2 attempts
      And we waited at least as long as the partner asked, or 2 s where it said nothing

    @failure:maintenance
    Scenario: A purchase during maintenance is not repeated blindly
      Given the partner is down for maintenance for the next call
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then the answer is 503
      And the answer breaks the contract
      And we made 1 attempt

  Rule: What breaks at the carrier is read again, and not done again

    @failure:server-error
    Scenario: A passing outage while reading is overcome
      Given the partner answers the next 2 calls with 503
      When we call getShipment with
        | id | shp_123 |
      Then the answer is 200
      And we made 3 attempts

    Scenario Outline: A purchase that broke is not repeated
      Given the partner answers the next call with <status>
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then the answer is <status>
      And "$.error.code" is a string
      And we made 1 attempt
      And the partner received buyLabel 1 time

      Examples:
        | status |
        | 500    |
        | 503    |
