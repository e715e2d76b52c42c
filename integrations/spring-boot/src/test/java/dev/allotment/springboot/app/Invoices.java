// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.app;

import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

interface Invoices extends JpaRepository<Invoice, Long> {
    List<Invoice> findByTitle(String title);
}
