mod echo;
mod fault;
mod hello;
mod revision;
mod slow;
