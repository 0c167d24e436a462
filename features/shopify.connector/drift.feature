@nightly @gate @only:mock
Feature: Shopify changes with the quarter
  Versions end, fields are retired with them, and values are added within them. We notice before the warehouse does.

  @critical @failure:schema-drift
  Scenario Outline: A change that would break us is found
    Given the partner's answer drifts: "<place>" <change>
    When we call getOrder with
      | order_id | 450789469 |
    Then the answer is 200
    And breaking drift is found at "<place>"

    Examples: a field retired with its version, a new status, money as a number, an id as a text
      | place                      | change               |
      | $.order.total_price_set    | is missing           |
      | $.order.fulfillment_status | has an unknown value |
      | $.order.total_price        | has another type     |
      | $.order.id                 | has another type     |

  @failure:schema-drift
  Scenario: GraphQL's own words are watched too
    Given the partner's answer drifts: "$.data.order.displayFulfillmentStatus" has an unknown value
    When we call runGraphQL with
      | query | { order(id: "gid://shopify/Order/450789469") { name displayFulfillmentStatus } } |
    Then breaking drift is found at "$.data.order.displayFulfillmentStatus"

  Scenario: A member that we do not know yet is noted, and does no harm
    Given the partner's answer to getOrder drifts: "$.order.duties_included" is new
    When we call getOrder with
      | order_id | 450789469 |
    Then the answer keeps the contract
    And additive drift is found at "$.order.duties_included"
