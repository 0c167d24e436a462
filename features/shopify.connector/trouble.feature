@nightly @gate @only:mock
Feature: Shopify in trouble
  We wait as long as Shopify asks, in whichever form it does, and never do a thing twice that may have been done.

  Rule: Throttling is waited out

    @critical @failure:rate-limit
    Scenario: A full bucket is waited out, and the parcel is told once
      Given the partner throttles the next 2 calls
      When we call createFulfillment with
        | fulfillment.line_items_by_fulfillment_order.0.fulfillment_order_id | 451789469 |
      Then the answer is 201
      And we made 3 attempts
      And we waited at least as long as the partner asked, or 1 s and 2 s where it said nothing
      And the partner holds 1 fulfillment

    @failure:rate-limit
    Scenario: What others use up of our bucket leaks while we wait
      Given the partner has room for 1 more call of listOrders
      When we call listOrders
      Then the answer is 200
      And the header "X-Shopify-Shop-Api-Call-Limit" is "40/40"
      When we call countOrders
      Then the answer is 200
      And we made 2 attempts
      And we waited at least as long as the partner asked, or 1 s where it said nothing
      And the header "X-Shopify-Shop-Api-Call-Limit" is "37/40"

    Scenario: Throttling that does not end is told as throttling
      Given the partner throttles every call
      When we call getOrder with
        | order_id | 450789469 |
      Then the answer is 429
      And "$.errors" is a string
      And the header "Retry-After" is "2.0"
      And the header "X-Shopify-Shop-Api-Call-Limit" is "40/40"
      And we made 4 attempts

    @critical @failure:rate-limit
    Scenario: Points that are missing are waited for, though the status is 200
      Given the partner throttles the next call of runGraphQL
      When we call runGraphQL with
        | query | { orders(first: 2) { nodes { name } } } |
      Then the answer is 200
      And "$.errors" is absent
      And "$.data.orders.nodes" has 2 items
      And we made 2 attempts
      And we waited at least as long as the partner asked, or 1 s where it said nothing

    Scenario: A lack of points that does not end is told as throttling
      Given the partner throttles every call
      When we call runGraphQL with
        | query | { orders(first: 2) { nodes { name } } } |
      Then the answer is throttled
      And "$.errors[0].extensions.code" is "THROTTLED"
      And "$.extensions.cost.requestedQueryCost" is 52
      And "$.extensions.cost.throttleStatus.currentlyAvailable" is 0
      And we made 4 attempts

  Rule: A lost answer is looked up

    @critical @failure:timeout @failure:duplicate-request
    Scenario: A fulfillment whose answer was lost is looked up, not repeated
      Given the partner stays silent for the next call
      When we call createFulfillment with
        | fulfillment.line_items_by_fulfillment_order.0.fulfillment_order_id | 451789469 |
      Then there is no answer: timeout
      And we made 1 attempt
      When we call listFulfillmentOrders with
        | order_id | 450789469 |
      Then "$.fulfillment_orders[0].status" is "closed"
      And the partner holds 1 fulfillment

    @failure:duplicate-request
    Scenario: Who fulfills again after a lost answer is refused, and the customer is told once
      Given the partner stays silent for the next call
      When we call createFulfillment with
        | fulfillment.line_items_by_fulfillment_order.0.fulfillment_order_id | 451789469 |
      Then there is no answer: timeout
      When we repeat the call
      Then the answer is 422
      And "$.errors.fulfillment_order" is a list
      And the partner holds 1 fulfillment

    @failure:connection-reset
    Scenario: A fulfillment whose connection was cut is looked up, not repeated
      Given the partner cuts the connection before it answers the next call
      When we call createFulfillment with
        | fulfillment.line_items_by_fulfillment_order.0.fulfillment_order_id | 451789469 |
      Then there is no answer: reset
      And we made 1 attempt
      When we call getOrder with
        | order_id | 450789469 |
      Then "$.order.fulfillment_status" is "fulfilled"

    Scenario: A cancellation by GraphQL is not repeated, for it may have been done
      Given the partner stays silent for the next call
      When we call runGraphQL with
        | query | mutation { orderCancel(orderId: "gid://shopify/Order/450789469", reason: OTHER) { job { id } userErrors { message } } } |
      Then there is no answer: timeout
      And we made 1 attempt

  Rule: What breaks at Shopify is read again, and not done again

    @failure:server-error
    Scenario: A passing outage while reading is overcome
      Given the partner answers the next 2 calls with 503
      When we call listOrders
      Then the answer is 200
      And we made 3 attempts

    @failure:maintenance
    Scenario: Reading goes on when the shop is back from maintenance
      Given the partner is down for maintenance for the next call
      When we call listOrders
      Then the answer is 200
      And we made 2 attempts
      And we waited at least as long as the partner asked, or 1 s where it said nothing

    @failure:server-error
    Scenario: A query is read again although it is a POST
      Given the partner answers the next call with 500
      When we call runGraphQL with
        | query | { order(id: "gid://shopify/Order/450789469") { name } } |
      Then the answer is 200
      And we made 2 attempts

    Scenario Outline: A cancellation that broke is not repeated
      Given the partner answers the next call with <status>
      When we call cancelOrder with
        | order_id | 450789469 |
      Then the answer is <status>
      And "$.errors" is a string
      And we made 1 attempt
      When we call getOrder with
        | order_id | 450789469 |
      Then "$.order.cancelled_at" is null

      Examples:
        | status |
        | 409    |
        | 500    |
        | 503    |

    Scenario Outline: A shop that is shut is not asked again
      Given the partner answers the next call with <status>
      When we call getOrder with
        | order_id | 450789469 |
      Then the answer is <status>
      And "$.errors" is a string
      And we made 1 attempt

      Examples: its bill, our scope, its lock, Shopify's defence
        | status |
        | 402    |
        | 403    |
        | 423    |
        | 430    |
