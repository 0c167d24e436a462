@nightly @gate
Feature: Orders of a shop
  From the order that a customer placed to the parcel that is on its way.

  @critical @hypercare
  Scenario: A paid order can be read
    When we call listOrders with
      | financial_status | paid |
      | limit            | 1    |
    Then the answer is 200
    And we remember "$.orders[0].id" as order
    And we remember "$.orders[0].name" as number
    When we call getOrder with
      | order_id | {order} |
    Then the answer is 200
    And "$.order.name" is {number}
    And "$.order.financial_status" is "paid"
    And "$.order.total_price" matches /^[0-9]+\.[0-9]{2}$/
    And the header "X-Shopify-API-Version" is "2026-07"
    And the header "X-Shopify-Shop-Api-Call-Limit" matches /^[0-9]+\/[0-9]+$/
    And it took less than 2 s

  @critical @only:mock
  Scenario: A packed order is fulfilled, and then closed
    When we call listFulfillmentOrders with
      | order_id | 450789469 |
    Then the answer is 200
    And "$.fulfillment_orders[0].status" is "open"
    And we remember "$.fulfillment_orders[0].id" as parcel
    When we call createFulfillment with
      | fulfillment.line_items_by_fulfillment_order.0.fulfillment_order_id | {parcel}     |
      | fulfillment.tracking_info.number                                   | EZ1000000001 |
      | fulfillment.tracking_info.company                                  | USPS         |
      | fulfillment.notify_customer                                        | true         |
    Then the answer is 201
    And "$.fulfillment.status" is "success"
    And "$.fulfillment.tracking_number" is "EZ1000000001"
    When we call closeOrder with
      | order_id | 450789469 |
    Then the answer is 200
    When we call getOrder with
      | order_id | 450789469 |
    Then "$.order.fulfillment_status" is "fulfilled"
    And "$.order.closed_at" is a time

  @only:mock
  Scenario: An order that cannot be delivered is cancelled, and the money goes back
    When we call cancelOrder with
      | order_id | 450789473 |
      | reason   | inventory |
      | email    | true      |
    Then the answer is 200
    And "$.order.cancel_reason" is "inventory"
    And "$.order.cancelled_at" is a time
    When we call getOrder with
      | order_id | 450789473 |
    Then "$.order.financial_status" is "refunded"

  @only:mock
  Scenario: Closing an order twice does no harm
    When we call closeOrder with
      | order_id | 450789470 |
    Then the answer is 200
    And we remember "$.order.closed_at" as closed
    When we repeat the call
    Then the answer is 200
    And "$.order.closed_at" is {closed}
