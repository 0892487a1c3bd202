#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| greenhouse_partner::fuzzing::webhook_header(input));
