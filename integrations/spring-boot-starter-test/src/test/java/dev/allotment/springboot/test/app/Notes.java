// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test.app;

import org.springframework.data.jpa.repository.JpaRepository;

public interface Notes extends JpaRepository<Note, Long> {}
