@nightly @gate @only:mock
Feature: Orders by GraphQL
  GraphQL answers 200 whatever happened. What went wrong stands inside, and has to be looked for.

  @critical
  Scenario: Orders come with the place at which to go on, and with what they cost
    When we call runGraphQL with
      | query | { orders(first: 2) { nodes { id name displayFulfillmentStatus } pageInfo { hasNextPage endCursor } } } |
    Then the answer is 200
    And "$.errors" is absent
    And every "$.data.orders.nodes[*].displayFulfillmentStatus" is "UNFULFILLED"
    And "$.data.orders.pageInfo.hasNextPage" is true
    And "$.data.orders.pageInfo.endCursor" is a string
    And "$.extensions.cost.throttleStatus.restoreRate" is at least 100

  Scenario: An order that is not there is no error
    When we call runGraphQL with
      | query | { order(id: "gid://shopify/Order/1") { id name } } |
    Then the answer is 200
    And "$.errors" is absent
    And "$.data.order" is null

  @critical @failure:soft-failure
  Scenario: A cancellation that did nothing is noticed under status 200
    When we call runGraphQL with
      | query        | mutation($id: ID!) { orderCancel(orderId: $id, reason: INVENTORY, restock: true) { job { id } userErrors { field message } } } |
      | variables.id | gid://shopify/Order/450789471                                                                                                 |
    Then the answer is 200
    And "$.data.orderCancel.job" is null
    And "$.data.orderCancel.userErrors" has 1 item
    And every "$.data.orderCancel.userErrors[*].message" is a string
    When we call getOrder with
      | order_id | 450789471 |
    Then "$.order.cancelled_at" is null

  @failure:soft-failure
  Scenario: What our token may not see is told beside what it may
    When we call runGraphQL with
      | query | { order(id: "gid://shopify/Order/450789469") { name email } } |
    Then the answer is 200
    And "$.errors[0].extensions.code" is "ACCESS_DENIED"
    And "$.data.order.name" is "#1001"
    And "$.data.order.email" is null

  Scenario: A field that this version does not have is refused as a whole
    When we call runGraphQL with
      | query | { order(id: "gid://shopify/Order/450789469") { name totalPrice } } |
    Then the answer is 200
    And "$.errors[0].extensions.code" is "undefinedField"
    And "$.data" is absent
    And we made 1 attempt
