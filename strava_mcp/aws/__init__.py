"""AWS Lambda deployment.

* ``lambda_handler``  the function that Lambda calls
* ``events``          Lambda's HTTP events to WSGI and back
* ``streaming``       a Lambda runtime that streams responses; ``stream.sh`` starts it
* ``zappa_hooks``     what runs while Zappa packs and deploys
* ``preconditions``   what AWS must have before Zappa starts
* ``contents``        what the package contains
* ``package``         bytecode in the zip, and its validation
* ``roles``           the IAM role of the function
* ``tables``          the DynamoDB table
"""
