@nightly @gate
Feature: Requests that Shopify refuses

  Rule: A request has to make sense

    @only:mock
    Scenario Outline: What is done cannot be undone by a cancellation
      When we call cancelOrder with
        | order_id | <order> |
      Then the answer is 422
      And "$.errors.base" is a list
      And we made 1 attempt

      Examples: sent, and given up before
        | order     |
        | 450789471 |
        | 450789472 |

    Scenario: A fulfillment is about something
      When we wrongly call createFulfillment without "fulfillment.line_items_by_fulfillment_order"
      Then the answer is 422
      And "$.errors" is an object

    @hypercare
    Scenario: An order that nobody placed is not found
      When we call getOrder with
        | order_id | 1 |
      Then the answer is 404
      And "$.errors" is "Not Found"
      And the header "X-Request-Id" is present

    @only:mock
    Scenario Outline: What is asked for in a way that Shopify does not serve is not asked again
      Given the partner answers the next call with <status>
      When we call listOrders
      Then the answer is <status>
      And "<place>" is a string
      And we made 1 attempt

      Examples: another media type, told in the older form, and too long an address
        | status | place    |
        | 406    | $.error  |
        | 414    | $.errors |

  Rule: A caller has to be known

    @critical @failure:auth-refused
    Scenario: A wrong token is refused, and not tried again
      Given our credentials are wrong
      When we call getOrder with
        | order_id | 450789469 |
      Then the answer is 401
      And "$.errors" contains "Invalid API key"
      And we made 1 attempt

    Scenario: No token is refused by GraphQL as well, and there by its status
      Given our credentials are missing
      When we call runGraphQL with
        | query | { orders(first: 2) { nodes { name } } } |
      Then the answer is 401
      And "$.errors" is a string
