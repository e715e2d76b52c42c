// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.springboot;

import org.springframework.data.jpa.repository.JpaRepository;

/** The invoices of the current tenant. */
interface InvoiceRepository extends JpaRepository<Invoice, Long> {}
