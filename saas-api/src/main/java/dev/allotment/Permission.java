// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * What a {@link TeamRole} lets an account do for its customer, and a {@link Role} lets an operator do for all of them.
 * {@link Needs} says which use case needs which.
 */
public enum Permission {
    /** To see the customer, its tenants, domains, operations and plans, and who is in the team. */
    VIEW,

    /** To see usage, payment states and prices. */
    VIEW_BILLING,

    /** To create tenants, also as copies. */
    CREATE_TENANTS,

    /** To rename tenants, to change their domains, and to swap them. */
    CHANGE_TENANTS,

    /** To delete tenants, and to restore those that were deleted. */
    DELETE_TENANTS,

    /** To enter the application of a tenant as its owner, which only the account that owns it can do. */
    ENTER_TENANTS,

    /** To move tenants to other plans. */
    SWITCH_PLANS,

    /** To see and make backups. */
    BACK_UP,

    /** To bring a tenant back to a backup. */
    RESTORE_BACKUPS,

    /** To download what a tenant contains. */
    EXPORT,

    /** To see and change webhook endpoints. */
    MANAGE_WEBHOOKS,

    /**
     * To invite accounts, to change and remove members who are no owners, and to answer requests for support access.
     */
    MANAGE_TEAM,

    /** To appoint owners and to hand over ownership, to export the customer, and to request its erasure. */
    OWN,

    /** To see what only operators see, such as servers, templates, parameters and events. No team role has it. */
    VIEW_INSTALLATION,

    /** To suspend and resume tenants. No team role has it. */
    SUSPEND_TENANTS,

    /** To retry operations and campaigns. No team role has it. */
    RETRY_OPERATIONS,

    /** To send invitations to accounts and webhook messages again. No team role has it. */
    RESEND,

    /** To create and change customers. No team role has it. */
    MANAGE_CUSTOMERS,

    /** To change the prices of plans, to report payments, and to correct usage. No team role has it. */
    MANAGE_BILLING,

    /** To request support access, to use it and to give it back. No team role has it. */
    ENTER_FOR_SUPPORT
}
