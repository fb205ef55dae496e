package dev.heddle.console;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FullyQualifiedAnnotationBeanNameGenerator;

/**
 * Brings the console to a platform that has it on its class path. Names of beans are whole, as the
 * platform has controllers of the same simple names.
 */
@AutoConfiguration
@ComponentScan(nameGenerator = FullyQualifiedAnnotationBeanNameGenerator.class)
public class ConsoleConfiguration {}
