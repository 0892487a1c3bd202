mod accounts;
mod completed;
mod doubles;
mod front;
mod heads;
mod panics;
