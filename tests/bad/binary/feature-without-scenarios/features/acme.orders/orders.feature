Feature: Orders
