@nightly @gate
Feature: Declined cards
  A decline is an answer like any other: the customer learns what to do, and nobody is woken up.

  @critical @failure:declined
  Scenario Outline: Declined cards say why
    When we call createPaymentIntent with
      | amount         | 2000   |
      | currency       | eur    |
      | payment_method | <card> |
      | confirm        | true   |
    Then the answer is 402
    And "$.error.type" is "card_error"
    And "$.error.code" is "card_declined"
    And "$.error.decline_code" is "<reason>"
    And "$.error.message" is a string

    Examples:
      | card                                         | reason             |
      | pm_card_chargeDeclined                       | generic_decline    |
      | pm_card_visa_chargeDeclinedInsufficientFunds | insufficient_funds |
      | pm_card_visa_chargeDeclinedLostCard          | lost_card          |

  Scenario Outline: Cards that were typed in wrongly can be corrected
    When we call createPaymentIntent with
      | amount         | 2000   |
      | currency       | eur    |
      | payment_method | <card> |
      | confirm        | true   |
    Then the answer is 402
    And "$.error.code" is "<code>"

    Examples:
      | card                               | code          |
      | pm_card_chargeDeclinedExpiredCard  | expired_card  |
      | pm_card_chargeDeclinedIncorrectCvc | incorrect_cvc |

  Scenario: A card that asks for authentication is declined while the customer is away
    When we call createPaymentIntent with
      | amount         | 2000                           |
      | currency       | eur                            |
      | payment_method | pm_card_authenticationRequired |
      | confirm        | true                           |
      | off_session    | true                           |
    Then the answer is 402
    And "$.error.code" is "authentication_required"
