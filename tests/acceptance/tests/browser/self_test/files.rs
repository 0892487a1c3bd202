//! The site of the tests.

use crate::site::SiteFile;

pub(super) const SITE: &[SiteFile] = &[
    ("/", HTML, FORM),
    ("/style.css", "text/css", STYLE),
    ("/script.js", "text/javascript", SCRIPT),
    ("/violations", HTML, VIOLATIONS),
    ("/errors", HTML, ERRORS),
    (
        "/errors.js",
        "text/javascript",
        "console.error('planted message'); nothing.at.all;",
    ),
];

const HTML: &str = "text/html; charset=utf-8";

/// A page without violations.
const FORM: &str = r##"<!doctype html>
<html lang="en">
<title>Form</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<main>
    <h1>Form</h1>
    <noscript><p>Scripts are off.</p></noscript>
    <form action="/violations">
        <label for="first">First name</label>
        <input id="first" name="first" aria-describedby="problem" aria-invalid="true">
        <p id="problem">Enter a name.</p>
        <fieldset>
            <legend>Trigger</legend>
            <label><input type="radio" name="trigger" checked> Manual</label>
            <label><input type="radio" name="trigger"> Automatic</label>
        </fieldset>
        <label for="job">Job</label>
        <select id="job" name="job"><option>None<option>Engineer</select>
        <button type="button" aria-label="Open dialog" id="open">Open …</button>
        <button type="button" hidden>Hidden</button>
        <button>Send form</button>
    </form>
    <section aria-label="First part"><button type="button">Same name</button></section>
    <section aria-label="Second part"><button type="button" disabled>Same name</button></section>
    <div id="host"></div>
    <p id="result" role="status"></p>
    <dialog id="dialog" aria-label="Question">
        <label for="answer">Answer</label> <input id="answer">
        <button type="button" id="close">Close</button>
    </dialog>
    <div class="tall"></div>
</main>
<script type="module" src="/script.js"></script>
"##;

const STYLE: &str = "
    body { margin: 1rem; font: 1rem sans-serif; color: #111; background: #fff }
    button, select, input { min-height: 2rem; margin: .5rem }
    .tall { height: 100rem; width: 600px }
    :focus-visible { outline: 3px solid #05c }
    #close:focus-visible { outline: none }
    @media (prefers-color-scheme: dark) { body { color: #eee; background: #111 } }
";

const SCRIPT: &str = "
    const part = (id) => document.getElementById(id);
    const root = part('host').attachShadow({ mode: 'open' });
    root.innerHTML = '<button type=button>Inside</button><p>Text inside</p>';
    root.querySelector('button').addEventListener('click', () => {
        part('result').textContent = 'Clicked inside';
    });
    part('open').addEventListener('click', () => part('dialog').showModal());
    part('close').addEventListener('click', () => part('dialog').close());
";

/// An image without a text, and a text without contrast.
const VIOLATIONS: &str = r#"<!doctype html>
<html lang="en">
<title>Violations</title>
<link rel="icon" href="data:,">
<main>
    <h1>Violations</h1>
    <img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">
    <p><font color="eeeeee">Pale</font></p>
</main>
"#;

/// A script that fails, a message, and a script that the policy refuses.
const ERRORS: &str = r#"<!doctype html>
<html lang="en">
<title>Errors</title>
<link rel="icon" href="data:,">
<script>document.title = "The policy was ignored"</script>
<main><h1>Errors</h1></main>
<script src="/errors.js"></script>
"#;
